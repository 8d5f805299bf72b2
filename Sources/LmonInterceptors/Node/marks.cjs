'use strict';

// Values on objects that belong to others, which nobody but us can see: a private field that is put on the object after
// it was made. A WeakMap would do the same, but costs each collection of garbage.

function makeMark() {
    class Other {
        constructor(object) { return object; }
    }
    return class Mark extends Other {
        #value;

        constructor(object, value) {
            super(object);
            this.#value = value;
        }

        static of(object) {
            return #value in object ? object.#value : undefined;
        }

        static set(object, value) {
            if (#value in object) { object.#value = value; } else { new Mark(object, value); }
        }
    };
}

module.exports = { makeMark };
