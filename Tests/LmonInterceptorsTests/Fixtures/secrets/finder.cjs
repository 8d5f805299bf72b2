'use strict';

// Finds parts of secrets in bytes and records, whatever they were made into.

const zlib = require('zlib');

const PIECE = 8;

/// Parts of the forms in which a secret may stand in a text; others are undone in `haystacks`.
function* partsOf(text) {
    for (let at = 0; at + PIECE <= text.length; at += 1) { yield text.slice(at, at + PIECE); }
    for (let shift = 0; shift < 3; shift += 1) {
        // The first and the last digits depend on what stands beside. Eight characters are ten digits at least.
        const digits = Buffer.from('\0'.repeat(shift) + text).toString('base64').replace(/=+$/, '').slice(shift === 0 ? 0 : shift + 1, -1);
        for (let at = 0; at + PIECE <= digits.length; at += 3) { yield digits.slice(at, at + PIECE); }
    }
}

class Finder {
    constructor(secrets) {
        /// Part → where its secret stands.
        this.parts = new Map();
        for (const { text, where } of secrets) {
            for (const part of partsOf(text)) { this.parts.set(part, where); }
        }
    }

    /// Where the secrets stood of which there is a part.
    found(bytes, records) {
        const found = new Map();
        for (const text of haystacks(bytes, records)) {
            for (let at = 0; at + PIECE <= text.length; at += 1) {
                const where = this.parts.get(text.slice(at, at + PIECE));
                if (where !== undefined && !found.has(where)) { found.set(where, text.slice(Math.max(0, at - 40), at + 40)); }
            }
        }
        return [...found].map(([where, text]) => `a secret of ${where}: ${JSON.stringify(text)}`);
    }
}

function* haystacks(bytes, records) {
    yield bytes.toString('latin1');
    for (const text of new Set(strings(records))) {
        // In records, what is beyond ASCII is escaped; a body may hold escapes of its own.
        if (/[%\\]|[^\x00-\x7f]/.test(text)) {
            yield text.replace(/(?:%|\\u00)([0-9a-f]{2})/gi, (_, digits) => String.fromCharCode(parseInt(digits, 16)));
        }
        for (const [digits] of text.matchAll(/[0-9a-f]{16,}/gi)) { yield Buffer.from(digits, 'hex').toString('latin1'); }
        if (text.length < 12 || !/^[A-Za-z0-9+/=]+$/.test(text)) { continue; }
        const inner = Buffer.from(text, 'base64');
        // Also as UTF-16.
        yield inner.toString('latin1').replaceAll('\0', '');
        for (const unpack of [zlib.gunzipSync, zlib.inflateSync, zlib.brotliDecompressSync]) {
            try { yield unpack(inner, { finishFlush: zlib.constants.Z_SYNC_FLUSH }).toString('latin1'); } catch { /* it is not that */ }
        }
    }
}

function* strings(value) {
    if (typeof value === 'string') {
        yield value;
    } else if (typeof value === 'object' && value !== null) {
        for (const one of Object.values(value)) { yield* strings(one); }
    }
}

module.exports = { Finder };
