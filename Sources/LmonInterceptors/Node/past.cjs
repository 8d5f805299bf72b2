'use strict';

// What there was of the same calls before: which of them a call repeats, and whether it is another attempt.

const { flat, quoted } = require('./lines.cjs');

/// Method, URL and invocation → what there was of them.
const history = new Map();
/// About how many, the long ones counted several times.
let remembered = 0;
const MAX_REMEMBERED = 4000;

/// What there was of a method and URL in an invocation, and what its records begin with.
class Past {
    constructor(method, url) {
        const subject = quoted(method).slice(1, -1);
        this.begin = flat(`"method":"${subject}","url":"${url}"`);
        this.key = flat(`,"matchKey":"${subject} ${url} `);
        this.counts = new Map();
        this.attempt = 0;
        this.failed = false;
    }

    /// Which one with this body it is.
    counted(hash) {
        const count = this.counts.get(hash) ?? 0;
        if (count === 0) { remembered += 1; }
        this.counts.set(hash, count + 1);
        return count + 1;
    }
}

function pastOf(method, target, invocation) {
    if (remembered > MAX_REMEMBERED) {
        history.clear();
        remembered = 0;
    }
    const key = `${method} ${target.url} ${invocation ?? ''}`;
    let entry = history.get(key);
    if (entry === undefined) {
        entry = new Past(method, target.text);
        history.set(key, entry);
        remembered += target.url.length >> 6;
    }
    return entry;
}

function forget() {
    history.clear();
    remembered = 0;
}

module.exports = { forget, pastOf };
