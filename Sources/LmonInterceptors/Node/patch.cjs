'use strict';

// Methods of prototypes with a look of ours in front of them.

const { guarded } = require('./shared.cjs');

/// As enumerable as what it stands for: who copies a prototype's methods with `for in` finds it. `original`: what it says of
/// itself is said of this as well.
function define(prototype, name, value, original = prototype[name]) {
    Object.defineProperty(value, 'length', { value: original?.length ?? value.length, configurable: true });
    let at = prototype;
    while (at !== null && !Object.prototype.hasOwnProperty.call(at, name)) { at = Object.getPrototypeOf(at); }
    const enumerable = at !== null && Object.prototype.propertyIsEnumerable.call(at, name);
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true, enumerable });
}

/// Puts `before` in front of an inherited or own method, and `after` behind it; both get the object and the first two
/// arguments. The method is looked up when it is called.
function patch(prototype, name, before, after) {
    const own = Object.prototype.hasOwnProperty.call(prototype, name) ? prototype[name] : undefined;
    const parent = Object.getPrototypeOf(prototype);
    const method = { [name](first, second) {
        if (before !== undefined) { guarded(before, this, first, second); }
        // Handed on as they came: how many there are may matter.
        const result = (own ?? parent[name]).apply(this, arguments);
        if (after !== undefined) { guarded(after, this, first, second); }
        return result;
    } }[name];
    define(prototype, name, method, own ?? parent[name]);
}

/// The same for `emit`, which is called often and seldom of interest. `calls`: mark of the objects to look at;
/// `isIdle(call, event)`: there is nothing to look at.
function patchEmit(prototype, events, calls, before, isIdle) {
    const own = Object.prototype.hasOwnProperty.call(prototype, 'emit') ? prototype.emit : undefined;
    const parent = Object.getPrototypeOf(prototype);
    define(prototype, 'emit', function emit(event, first, second, third) {
        // Bodies come in many pieces.
        if (event !== 'data' && events.has(event)) {
            const call = calls.of(this);
            if (call && !isIdle(call, event)) { guarded(before, call, this, event, first, second, third); }
        }
        return (own ?? parent.emit).apply(this, arguments);
    });
}

module.exports = { define, patch, patchEmit };
