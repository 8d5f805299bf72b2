'use strict';

// Bodies in every encoding that this Node has, whole and cut anywhere: decoded and redacted before they are cut to the
// limit, and no cut lets a secret through. node encodings.cjs BODIES: one line for each failure.

const assert = require('assert');
const path = require('path');
const zlib = require('zlib');

const { Capture, describe } = require(path.resolve(process.argv[2]));
const json = JSON.stringify({ user: 'ada', password: 'hunter2', list: Array.from({ length: 20 }, (_, i) => ({ i, token: `hunter2${i}` })) });
const packed = {
    gzip: zlib.gzipSync(json), 'x-gzip': zlib.gzipSync(json), deflate: zlib.deflateSync(json), br: zlib.brotliCompressSync(json),
    ...(zlib.zstdCompressSync && { zstd: zlib.zstdCompressSync(json) }),
};

function described(bytes, size, encoding, limit) {
    const capture = new Capture(bytes.length);
    capture.add(bytes);
    capture.size = size;
    return describe(capture, [['Content-Type', 'application/json'], ['Content-Encoding', encoding]], limit, false);
}

for (const [encoding, bytes] of Object.entries(packed)) {
    try {
        const whole = described(bytes, bytes.length, encoding, 100000);
        assert.strictEqual(whole.decodedSize, json.length);
        assert.strictEqual(whole.text, json.replace(/hunter2\d*/g, '‹redacted›'));
        assert.deepStrictEqual([whole.redacted, whole.truncated, whole.size], [true, false, bytes.length]);
        for (let end = 1; end < bytes.length; end += 1) {
            const cut = described(bytes.subarray(0, end), bytes.length, encoding, 60);
            assert.ok(!JSON.stringify(cut).includes('hunt'), `cut to ${end}`);
            assert.ok(Buffer.byteLength(cut.text ?? '') <= 60, `cut to ${end} is too long`);
        }
    } catch (error) {
        console.log(`${encoding}: ${error.message}`);
        process.exitCode = 1;
    }
}
const unknown = described(Buffer.from(json), json.length, 'compress', 1000);
if (unknown.text !== undefined || unknown.base64 !== undefined) { console.log('what cannot be decoded is shown'); process.exitCode = 1; }
for (const bytes of [packed.gzip, packed.deflate, ...(packed.zstd ? [packed.zstd] : [])]) {
    const { text, base64, redacted } = described(bytes, bytes.length, '', 1000);
    if (text !== undefined || base64 !== undefined || redacted !== true) { console.log('what nobody says to be packed is shown'); process.exitCode = 1; }
}
