'use strict';

// Bodies in pieces of every kind, as a program writes them: what is kept is the beginning of the bytes that went, and the
// pieces make no difference. Random, from a seed. node pieces.cjs BODIES: one line for each failure.

const assert = require('assert');
const path = require('path');

const { Capture, describe } = require(path.resolve(process.argv[2]));
const alphabets = ['az09{}":,', 'äöß\u00ff', 'a€ሴ', 'a😀', '\0\x7f\ufffd'];
const encodings = [undefined, 'utf8', 'UTF-8', 'latin1', 'ucs2', 'ascii', 'hex', 'base64', 'base64url'];

let seed = Number(process.argv[3] ?? 1);
/// At least 0 and less than `end`.
function random(end) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor(seed / 2 ** 32 * end);
}

function text() {
    const letters = [...alphabets[random(alphabets.length)]];
    return Array.from({ length: random(40) }, () => letters[random(letters.length)]).join('');
}

/// A piece, as `write` takes it, and its bytes.
function piece() {
    const kind = random(4);
    if (kind === 0) {
        const bytes = Buffer.from(text());
        return { chunk: bytes, bytes };
    }
    if (kind === 1) {
        const bytes = Buffer.from(text(), 'latin1');
        return { chunk: new Uint8Array(bytes), bytes };
    }
    const encoding = encodings[random(encodings.length)];
    const chunk = /hex|base64/.test(encoding) ? Buffer.from(text()).toString(encoding) : text();
    return { chunk, encoding, bytes: Buffer.from(chunk, encoding) };
}

function check() {
    const room = random(60);
    const pieces = Array.from({ length: random(6) }, piece);
    const bytes = Buffer.concat(pieces.map((each) => each.bytes));
    const capture = new Capture(room);
    for (const { chunk, encoding } of pieces) {
        if (capture.isFull && chunk?.byteLength > 0) { capture.size += chunk.byteLength; } else { capture.add(chunk, encoding); }
    }
    assert.strictEqual(capture.size, bytes.length, 'size');
    assert.strictEqual(capture.text, bytes.subarray(0, room).latin1Slice(), 'text');
    const whole = new Capture(room);
    whole.add(bytes);
    if (bytes.length > 0) { assert.strictEqual(capture.hash(), whole.hash(), 'hash'); }
    const limit = 1 + random(60);
    const shown = describe(capture, [['Content-Type', 'text/plain']], limit, false);
    assert.deepStrictEqual(shown, describe(whole, [['Content-Type', 'text/plain']], limit, false), 'shown');
    if (bytes.length > room || bytes.length > limit) {
        assert.strictEqual(shown.truncated, true, 'truncated');
        return;
    }
    const isText = Buffer.from(bytes.toString()).equals(bytes) && !bytes.includes(0);
    assert.strictEqual(shown.text, isText ? bytes.toString() : undefined, 'shown as text');
    assert.strictEqual(shown.base64, isText ? undefined : bytes.toString('base64'), 'shown as bytes');
}

for (let round = 0; round < 4000 && process.exitCode === undefined; round += 1) {
    const before = seed;
    try {
        check();
    } catch (error) {
        console.log(`seed ${before}: ${error.message}`);
        process.exitCode = 1;
    }
}
