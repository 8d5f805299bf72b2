'use strict';

// Where the preload takes hold of Node's HTTP clients. What is looked at there is in http.cjs, undici.cjs and http2.cjs,
// which are loaded when they are first needed: a start pays for this file alone.

const channels = require('diagnostics_channel');
const http = require('http');
const { Readable } = require('stream');
const { makeMark } = require('./marks.cjs');
const { define, patch, patchEmit } = require('./patch.cjs');
const { guarded, natives } = require('./shared.cjs');

/// Request → its call, or null if it is not watched; response → its call.
const marks = { requests: makeMark(), responses: makeMark() };

/// Gives functions of a part by their names; the part is loaded when the first of them is called.
function from(part) {
    let loaded;
    return (name) => (a, b, c, d, e, f) => (loaded ??= require(part))[name](a, b, c, d, e, f);
}

function isOver(call) {
    return call.isEnded;
}

/// Node's own prototype: whoever patched before us may have put a subclass in its place.
function original(made, base) {
    let at = made.prototype;
    while (at !== null && Object.getPrototypeOf(at) !== base.prototype) { at = Object.getPrototypeOf(at); }
    return at ?? made.prototype;
}

/// node:http and node:https. The prototypes are patched, not the functions that make requests: this reaches ESM imports,
/// subclasses and agents alike, adds no listener to a request, and changes nothing that a program can see.
function hookHTTP() {
    const get = from('./http.cjs');
    const write = get('write');
    const request = original(http.ClientRequest, http.OutgoingMessage);
    const response = original(http.IncomingMessage, Readable);
    patch(original(http.Agent, natives.EventEmitter), 'addRequest', get('added'));
    patch(request, 'write', write, get('written'));
    patch(request, 'end', write, get('finished'));
    patch(request, 'flushHeaders', get('flushing'), get('written'));
    patch(request, 'destroy', get('destroying'));
    patchEmit(request, new Set(['socket', 'continue', 'finish', 'response', 'connect', 'upgrade', 'timeout', 'error', 'close']),
        marks.requests, get('heard'), isOver);
    patchEmit(response, new Set(['end', 'aborted', 'error', 'close']), marks.responses, get('received'), isOver);
    const passed = get('passed');
    const { push } = response;
    define(response, 'push', function (chunk, encoding) {
        const call = marks.responses.of(this);
        if (call !== undefined && chunk !== null) {
            const { response: body } = call;
            if (body.isFull && chunk?.byteLength > 0) {
                body.size += chunk.byteLength;
            } else {
                guarded(passed, call, chunk, encoding);
            }
        }
        return push.call(this, chunk, encoding);
    });
}

/// Global fetch and every copy of undici: each publishes a request when it is made.
function hookUndici() {
    const get = from('./undici.cjs');
    const names = {
        'undici:request:create': 'created', 'undici:client:connected': 'connected', 'undici:client:sendHeaders': 'sending',
        'undici:request:bodySent': 'sent',
    };
    for (const name of Object.keys(names)) {
        const listener = get(names[name]);
        channels.channel(name).subscribe((message) => guarded(listener, message));
    }
}

let isLoaded = false;
let searched = 0;

/// Whether the program has http2; asked for each new connection, and not again once it has.
function hasHTTP2() {
    const list = process.moduleLoadList ?? [];
    if (!isLoaded && list.length !== searched) {
        searched = list.length;
        isLoaded = list.includes('NativeModule http2');
    }
    return isLoaded;
}

/// node:http2. Nothing is loaded for it: http2 costs a start several milliseconds, and most programs never need it.
function hookHTTP2() {
    const connecting = from('./http2.cjs')('connecting');
    patch(natives.Socket.prototype, 'connect', () => { if (hasHTTP2()) { connecting(); } });
}

function install() {
    hookHTTP();
    hookUndici();
    hookHTTP2();
}

module.exports = { install, marks };
