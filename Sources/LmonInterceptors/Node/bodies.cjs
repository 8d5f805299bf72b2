'use strict';

// Bodies as they pass: the first bytes are kept, the rest only counted. At the end what was kept is inflated, redacted,
// and only then cut to the limit.

const { flat, members } = require('./lines.cjs');
const { redactBeginning, redactHeader, redactText, rules } = require('./redaction.cjs');
const { natives: { stringify } } = require('./shared.cjs');

const SLACK = 4096;
const SLICE = 512;
const MAX_INFLATED = 1 << 20;
/// How gzip, zstd and zlib begin: where nobody says so it is not inflated, and what is in it is not seen.
const packedMarks = ['\x1f\x8b', '(\xb5/\xfd', 'x\x01', 'x\x5e', 'x\x9c', 'x\xda'];
const words = new Int32Array(SLACK / 4);
const wordBytes = Buffer.from(words.buffer);
const { latin1Slice } = Buffer.prototype;

class Capture {
    constructor(room) {
        this.room = room;
        this.size = 0;
        /// The first bytes, a character each: text is nothing more to collect, as a buffer would be.
        this.text = '';
        /// Of what comes now only the size is wanted: all that is left to do of most of a long body.
        this.isFull = room === 0;
    }

    add(chunk, encoding) {
        if (typeof chunk === 'string') {
            const known = typeof encoding === 'string' ? encoding : 'utf8';
            const size = Buffer.byteLength(chunk, known);
            if (!this.isFull) { this.keep(bytesOf(chunk, known, size, this.room)); }
            this.size += size;
        } else if (chunk?.byteLength > 0) {
            const left = this.room - this.text.length;
            if (!this.isFull) { this.append(latin1Slice.call(chunk, 0, Math.min(left, chunk.byteLength))); }
            this.size += chunk.byteLength;
        }
    }

    keep(text) {
        const left = this.room - this.text.length;
        // A copy: it may be a part of a text that is much longer.
        this.append(flat(text.length > left ? text.slice(0, left) : text));
    }

    append(text) {
        this.text += text;
        this.isFull = this.text.length >= this.room;
    }

    /// The beginning as text, unless it is long.
    start() {
        return this.size > SLACK ? '' : this.text;
    }

    /// FNV-1a of what was kept, four bytes at a time, as text: to pair the calls of two runs, not to protect anything.
    hash() {
        const length = Math.min(this.text.length, SLACK);
        const count = (length + 3) >> 2;
        words[count - 1] = 0;
        wordBytes.latin1Write(this.text, 0, length);
        let hash = 0x811c9dc5;
        for (let i = 0; i < count; i += 1) {
            hash = Math.imul(hash ^ words[i], 0x01000193);
            // Or the last byte of a word would reach no other than the last of the hash.
            hash ^= hash >>> 15;
        }
        return (hash >>> 0).toString(16).padStart(8, '0') + '-' + this.size;
    }
}

/// The bytes of a string that has `size` of them, the first `room` at least, a character each.
function bytesOf(string, encoding, size, room) {
    if (encoding === 'utf8' && size === string.length) { return string; }
    // Of hexadecimal, two characters are a byte; and where a pair is cut in two, other bytes stand.
    return Buffer.from(string.slice(0, 2 * room), encoding).latin1Slice();
}

/// What `describe` says, as JSON.
function described(capture, headers, limit, secret) {
    if (limit === 0 && !secret && find(headers, 'content-encoding') === '') { return `{"size":${capture.size}}`; }
    const { text, ...rest } = describe(capture, headers, limit, secret);
    if (text === undefined) { return `{${members(rest).slice(1)}}`; }
    // To look is faster than to write anew.
    const isPlain = !text.includes('"') && !/[\x00-\x1f\\\ud800-\udfff]/.test(text);
    return `{${members(rest).slice(1)},"text":${isPlain ? `"${text}"` : stringify(text)}}`;
}

/// The `bodies` member of a record: sizes always, content if it is wanted and can be shown.
function describe(capture, headers, limit, secret) {
    const body = { size: capture.size };
    const named = find(headers, 'content-encoding').trim();
    const encoding = named.toLowerCase();
    const isEncoded = encoding !== '' && encoding !== 'identity';
    if (isEncoded) { body.encoding = redactHeader('content-encoding', named).toLowerCase(); }
    if (secret) { body.redacted = true; }
    if (secret || limit === 0) { return body; }
    let bytes = capture.text;
    let whole = bytes.length === capture.size;
    if (isEncoded) {
        const inflated = inflate(Buffer.from(bytes, 'latin1'), encoding, limit + SLACK);
        if (inflated === null) { return body; }
        bytes = inflated.bytes.latin1Slice();
        whole = whole && inflated.whole;
    }
    if (whole) { body.decodedSize = bytes.length; }
    show(body, bytes, whole, find(headers, 'content-type'), limit);
    return body;
}

/// `bytes`: a character each.
function show(body, bytes, whole, type, limit) {
    let text = isASCII(bytes) ? bytes : textual(Buffer.from(bytes, 'latin1'), whole);
    if (text === null || text.includes('\0')) {
        const redact = whole ? redactText : redactBeginning;
        const isPacked = packedMarks.some((mark) => bytes.startsWith(mark));
        if (isPacked || readings(bytes).some((reading) => redact(reading, type) !== reading)) {
            body.redacted = true;
            return;
        }
        body.base64 = Buffer.from(bytes.slice(0, limit), 'latin1').toString('base64');
        body.truncated = !whole || bytes.length > limit;
        return;
    }
    const safe = whole ? redactText(text, type) : redactBeginning(text, type);
    body.redacted = safe !== text || safe.includes(rules.marker);
    text = safe;
    let cut = false;
    if (text.length > limit || (text.length * 3 > limit && Buffer.byteLength(text) > limit)) {
        const all = Buffer.from(text);
        text = all.toString('utf8', 0, characterEnd(all, limit));
        cut = true;
    }
    body.text = text;
    body.truncated = !whole || cut;
}

/// What bytes that are no UTF-8 may say: with a NUL in them, also as UTF-16, which says the same names.
function readings(bytes) {
    if (!bytes.includes('\0')) { return [bytes]; }
    const wide = Buffer.from(bytes, 'latin1');
    const swapped = wide.subarray(0, wide.length & ~1);
    return [bytes, wide.toString('utf16le'), Buffer.from(swapped).swap16().toString('utf16le')];
}

function isASCII(text) {
    return Buffer.byteLength(text) === text.length;
}

/// UTF-8 as text; null for anything else. A character that the end of the capture cut in two is left out.
function textual(bytes, whole) {
    const end = whole ? bytes.length : characterEnd(bytes, bytes.length);
    const text = bytes.toString('utf8', 0, end);
    if (!text.includes('\uFFFD')) { return text; }
    try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, end));
    } catch {
        return null;
    }
}

function characterEnd(bytes, end) {
    let start = end;
    while (start > 0 && end - start < 4) {
        const byte = bytes[start - 1];
        start -= 1;
        if ((byte & 0xc0) === 0x80) { continue; }
        const length = byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
        return start + length > end ? start : end;
    }
    return end;
}

/// Inflates slice by slice, so that no body, however made, costs more than the limit and one slice.
function inflate(bytes, encoding, room) {
    const zlib = require('zlib');
    const make = { gzip: zlib.createGunzip, 'x-gzip': zlib.createGunzip, br: zlib.createBrotliDecompress,
        // Node has it from 22.15 on.
        zstd: zlib.createZstdDecompress,
        deflate: (bytes[0] & 0x0f) === 8 ? zlib.createInflate : zlib.createInflateRaw }[encoding];
    if (typeof make !== 'function') { return null; }
    const stream = make({ chunkSize: 16384, maxOutputLength: MAX_INFLATED });
    if (typeof stream._processChunk !== 'function') { return null; }
    const { BROTLI_OPERATION_FLUSH, ZSTD_e_flush: zstdFlush, Z_SYNC_FLUSH } = zlib.constants;
    const flush = encoding === 'br' ? BROTLI_OPERATION_FLUSH : encoding === 'zstd' ? zstdFlush : Z_SYNC_FLUSH;
    stream.on('error', () => {});
    const parts = [];
    let size = 0;
    let from = 0;
    try {
        for (; from < bytes.length && size < room; from += SLICE) {
            const part = stream._processChunk(bytes.subarray(from, from + SLICE), flush);
            if (part?.length > 0) {
                parts.push(part);
                size += part.length;
            }
        }
    } catch {
        if (size === 0) { return null; }
    }
    stream.close();
    const whole = from >= bytes.length && size <= room;
    const inflated = Buffer.concat(parts);
    return { bytes: whole ? inflated : inflated.subarray(0, room), whole };
}

function find(headers, name) {
    if (headers === null) { return ''; }
    for (const pair of headers) {
        if (pair[0].length === name.length && pair[0].toLowerCase() === name) { return pair[1]; }
    }
    return '';
}

module.exports = { Capture, SLACK, describe, described, find };
