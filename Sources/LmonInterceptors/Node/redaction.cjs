'use strict';

// Redaction: what never leaves the process. Text is scanned, not parsed, so that a body cut anywhere is treated like a
// whole one.

const { isSecretHeader, isWordChar, rules, secrecy } = require('./secret-names.cjs');
const { natives: { stringify } } = require('./shared.cjs');

const shapes = rules.shapes.map(({ prefix, minimum, maximum, alphabet }) => {
    const allowed = new Uint8Array(128);
    for (const c of rules.alphabets[alphabet]) { allowed[c.charCodeAt(0)] = 1; }
    return { prefix, minimum, maximum, allowed };
});

const QUOTE = 34, BACKSLASH = 92;
const MAX_LOOKS = 16;

/// The text with some ranges replaced; hands the text back untouched when there were none.
class Edit {
    constructor(text) {
        this.text = text;
        this.parts = '';
        this.from = 0;
    }

    replace(start, end, by) {
        if (start >= end || this.text.startsWith(by, start) && end - start === by.length) { return; }
        this.parts += this.text.slice(this.from, start) + by;
        this.from = end;
    }

    done() {
        return this.from === 0 ? this.text : this.parts + this.text.slice(this.from);
    }
}

function isSpace(c) {
    return c === 32 || c === 10 || c === 13 || c === 9;
}

function skipSpace(text, i) {
    while (i < text.length && isSpace(text.charCodeAt(i))) { i += 1; }
    return i;
}

/// Where the string that starts after its quote at `i` ends: at its closing quote, or at the end of the text.
function stringEnd(text, i) {
    for (;;) {
        const quote = text.indexOf('"', i);
        if (quote < 0) { return text.length; }
        let slashes = 0;
        while (quote - slashes > i && text.charCodeAt(quote - slashes - 1) === BACKSLASH) { slashes += 1; }
        if (slashes % 2 === 0) { return quote; }
        i = quote + 1;
    }
}

const escapes = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function unescaped(raw) {
    if (!raw.includes('\\')) { return raw; }
    let result = '';
    for (let i = 0; i < raw.length; i += 1) {
        if (raw.charCodeAt(i) !== BACKSLASH) { result += raw[i]; continue; }
        i += 1;
        const code = raw[i] === 'u' ? hex(raw.slice(i + 1, i + 5), 4) : -1;
        if (code >= 0) {
            result += String.fromCharCode(code);
            i += 4;
        } else if (i < raw.length) {
            result += escapes[raw[i]] ?? raw[i];
        }
    }
    return result;
}

/// JSON, or what looks like it: values of secret names are replaced, also inside JSON that a string holds.
function redactJSON(text, depth) {
    const edit = new Edit(text);
    const marker = rules.marker;
    let pending = 0;
    let hidden = 0;
    let hiddenLevel = 0;
    for (let i = 0; i < text.length; i += 1) {
        const c = text.charCodeAt(i);
        const level = hidden > 0 ? hiddenLevel : pending;
        if (c === QUOTE) {
            const end = stringEnd(text, i + 1);
            const next = skipSpace(text, end + 1);
            if (end < text.length && text.charCodeAt(next) === 58) {
                pending = secrecy(unescaped(text.slice(i + 1, end)));
                i = next;
                continue;
            }
            if (level > 0) {
                edit.replace(i + 1, end, marker);
            } else if (depth < 4) {
                redactNested(edit, text, i + 1, end, depth);
            }
            pending = 0;
            i = end;
        } else if (c === 123 || c === 91) {
            if (level > 0) {
                if (hidden === 0) { hiddenLevel = level; }
                hidden += 1;
            }
            pending = 0;
        } else if (c === 125 || c === 93) {
            if (hidden > 0) { hidden -= 1; }
            pending = 0;
        } else if (c === 44) {
            pending = 0;
        } else if (level === 2 && (c === 45 || (c >= 48 && c <= 57))) {
            let end = i + 1;
            while (end < text.length && '0123456789+-.eE'.includes(text[end])) { end += 1; }
            edit.replace(i, end, `"${marker}"`);
            pending = 0;
            i = end - 1;
        }
    }
    return edit.done();
}

function redactNested(edit, text, start, end, depth) {
    const first = text.charCodeAt(skipSpace(text, start));
    if (first !== 123 && first !== 91 && first !== BACKSLASH) { return; }
    const inner = unescaped(text.slice(start, end));
    if (!looksLikeJSON(inner)) { return; }
    const safe = redactJSON(inner, depth + 1);
    if (safe !== inner) { edit.replace(start, end, stringify(safe).slice(1, -1)); }
}

function looksLikeJSON(text) {
    const first = text.charCodeAt(skipSpace(text, text.startsWith('\ufeff') ? 1 : 0));
    return first === 123 || first === 91 || first === QUOTE;
}

function isKeyChar(c) {
    return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57)
        || c === 95 || c === 45 || c === 46 || c === 37 || c === 91 || c === 93 || c === 36 || c === 126 || c === 43;
}

/// `name=value` pairs wherever they stand: in a form, where a value ends at `&` only, in a URL or a header, or in a text.
function redactPairs(text, place) {
    const isForm = place === 'form';
    // So many values are looked into, whatever a program sends; of the others that may hold something nothing is told.
    let looks = place === 'text' ? -1 : MAX_LOOKS;
    let at = text.indexOf('=');
    if (at < 0) { return text; }
    const edit = new Edit(text);
    for (; at >= 0; at = text.indexOf('=', at + 1)) {
        let start = at;
        while (start > edit.from && at - start < 256 && isKeyChar(text.charCodeAt(start - 1))) { start -= 1; }
        if (start === at) { continue; }
        let end = null;
        if (secrecy(percentDecoded(text.slice(start, at))) > 0) {
            end = valueEnd(text, at + 1, isForm);
        } else if (looks >= 0 && '{[%'.includes(text[at + 1] ?? ' ')) {
            end = jsonEnd(text, at + 1, isForm, looks > 0);
            looks = Math.max(0, looks - 1);
        }
        if (end === null) { continue; }
        edit.replace(end.start, end.end, rules.marker);
        at = Math.max(at, end.end - 1);
    }
    return edit.done();
}

/// The range of a value that is JSON, escaped or not, with a secret in it; else null. Any value, if it is not looked into.
function jsonEnd(text, start, isForm, isLookedInto) {
    let end = start;
    while (end < text.length && text[end] !== '&' && (isForm || text[end] !== '#')) { end += 1; }
    if (!isLookedInto) { return { start, end }; }
    const value = percentDecoded(text.slice(start, end));
    return looksLikeJSON(value) && redactJSON(value, 0) !== value ? { start, end } : null;
}

/// As far as a name needs it: each `%XX` one character.
function percentDecoded(name) {
    if (!name.includes('%')) { return name; }
    let result = '';
    for (let i = 0; i < name.length; i += 1) {
        const code = name[i] === '%' ? hex(name.slice(i + 1, i + 3), 2) : -1;
        result += code < 0 ? name[i] : String.fromCharCode(code);
        if (code >= 0) { i += 2; }
    }
    return result;
}

/// -1 unless there are exactly so many digits.
function hex(digits, count) {
    if (digits.length !== count) { return -1; }
    for (const c of digits) {
        if (!'0123456789abcdefABCDEF'.includes(c)) { return -1; }
    }
    return parseInt(digits, 16);
}

function valueEnd(text, start, isForm) {
    if (isForm) {
        const end = text.indexOf('&', start);
        return { start, end: end < 0 ? text.length : end };
    }
    const escaped = text.startsWith('\\"', start) ? 1 : 0;
    const open = text[start + escaped];
    if (open === '"' || open === "'") {
        const from = start + escaped + 1;
        const close = text.indexOf(escaped ? '\\"' : open, from);
        if (close < 0) { return { start: from, end: text.length }; }
        const next = text.charCodeAt(close + 1);
        if (escaped > 0 || !(close + 1 < text.length) || isValueEnd(next) || ',;)]}'.includes(text[close + 1])) {
            return { start: from, end: close };
        }
        // What goes on behind it did not end there.
        let end = close + 1;
        while (end < text.length && (text[end] === open || !isValueEnd(text.charCodeAt(end)))) { end += 1; }
        return { start, end };
    }
    let end = start;
    while (end < text.length && !isValueEnd(text.charCodeAt(end))) { end += 1; }
    return { start, end };
}

function isValueEnd(c) {
    return isSpace(c) || c === 38 || c === QUOTE || c === BACKSLASH || c === 60 || c === 62 || c === 35;
}

/// `<Name>value</Name>`, perhaps cut before its end.
function redactXML(text) {
    if (!text.includes('<')) { return text; }
    const edit = new Edit(text);
    for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
        let end = at + 1;
        while (end < text.length && (isKeyChar(text.charCodeAt(end)) || text[end] === ':')) { end += 1; }
        if (end === at + 1 || secrecy(text.slice(at + 1, end)) === 0) { continue; }
        const open = text.indexOf('>', end);
        if (open < 0 || text[open - 1] === '/') { continue; }
        const close = text.indexOf('<', open + 1);
        edit.replace(open + 1, close < 0 ? text.length : close, rules.marker);
    }
    return edit.done();
}

/// Parts of `multipart/form-data` by their names.
function redactParts(text) {
    let at = text.indexOf('name="');
    if (at < 0 || !text.includes('form-data')) { return text; }
    const edit = new Edit(text);
    for (; at >= 0; at = text.indexOf('name="', at + 6)) {
        const end = text.indexOf('"', at + 6);
        if (end < 0) { break; }
        if (secrecy(text.slice(at + 6, end)) === 0) { continue; }
        const blank = text.indexOf('\r\n\r\n', end);
        if (blank < 0) { break; }
        const close = text.indexOf('\r\n--', blank + 4);
        edit.replace(blank + 4, close < 0 ? text.length : close, rules.marker);
    }
    return edit.done();
}

/// Credentials by their looks.
function redactShapes(text) {
    for (const shape of shapes) {
        let at = text.indexOf(shape.prefix);
        if (at < 0) { continue; }
        const edit = new Edit(text);
        for (; at >= 0; at = text.indexOf(shape.prefix, at + 1)) {
            if (at > 0 && isWordChar(text.charCodeAt(at - 1))) { continue; }
            let end = at + shape.prefix.length;
            while (end < text.length && shape.allowed[text.charCodeAt(end)] === 1) { end += 1; }
            if (end - at < shape.minimum || end - at > shape.maximum) { continue; }
            edit.replace(at, end, rules.marker);
            at = end - 1;
        }
        text = edit.done();
    }
    return text;
}

/// The beginning of a text that goes on somewhere else, redacted; what may be the beginning of a credential is left out. To
/// cut the text to a limit is not enough: what is redacted before makes it shorter.
function redactBeginning(text, type) {
    const safe = redactText(text, type);
    for (const { prefix, maximum, allowed } of shapes) {
        let at = safe.lastIndexOf(prefix);
        const first = Math.max(0, safe.length - maximum);
        if (at < first) { continue; }
        // From here to the end stands nothing that a credential could not hold.
        let run = safe.length;
        while (run > first && allowed[safe.charCodeAt(run - 1)] === 1) { run -= 1; }
        while (at >= first && at + prefix.length >= run) {
            if (at === 0 || !isWordChar(safe.charCodeAt(at - 1))) { return safe.slice(0, at) + rules.marker; }
            at = safe.lastIndexOf(prefix, at - 1);
        }
    }
    return safe;
}

/// A body as text. `type` is its content type, '' if unknown.
function redactText(text, type = '') {
    const kind = type.toLowerCase();
    const isForm = kind.includes('x-www-form-urlencoded');
    // Clients say that it is a form of whatever they are given as text.
    if (isForm && !looksLikeJSON(text)) { return redactShapes(redactPairs(text, 'form')); }
    if (kind.includes('json') || looksLikeJSON(text)) {
        text = redactJSON(text, 0);
    } else {
        text = redactLines(redactParts(redactXML(text)));
    }
    return redactShapes(redactPairs(redactUsers(text, ' \t\r\n"\\<>/?#'), isForm ? 'form' : 'text'));
}

/// JSON among other text, in lines of its own (NDJSON, server-sent events, logs) or in several.
function redactLines(text) {
    if (!text.includes('"')) { return text; }
    const edit = new Edit(text);
    for (let start = 0; start < text.length;) {
        const newline = text.indexOf('\n', start);
        const end = newline < 0 ? text.length : newline;
        const brace = text.indexOf('{', start);
        if (brace >= 0 && brace < end) {
            const line = text.slice(brace, end);
            edit.replace(brace, end, redactJSON(line, 0));
        }
        start = end + 1;
    }
    const safe = edit.done();
    const first = safe.indexOf('{');
    return first >= 0 && safe.includes('\n', first) ? safe.slice(0, first) + redactJSON(safe.slice(first), 0) : safe;
}

/// `user:password@` before the host of each URL in a text; what follows a host begins with one of `ends`.
function redactUsers(text, ends) {
    let mark = text.indexOf('://');
    if (mark < 0) { return text; }
    const edit = new Edit(text);
    while (mark >= 0) {
        const start = mark + 3;
        let end = start;
        while (end < text.length && !ends.includes(text[end])) { end += 1; }
        const at = text.lastIndexOf('@', end - 1);
        if (mark > 0 && at >= start) {
            edit.replace(start, at, rules.marker);
        } else if (mark > 0 && end === text.length && isPartOfUser(text, start)) {
            edit.replace(start, end, rules.marker);
        }
        mark = text.indexOf('://', end);
    }
    return edit.done();
}

/// The text was cut before the @: what follows the colon is no port.
function isPartOfUser(text, start) {
    const colon = text.indexOf(':', start);
    if (colon < 0 || text[start] === '[') { return false; }
    for (let i = colon + 1; i < text.length; i += 1) {
        const c = text.charCodeAt(i);
        if (c < 48 || c > 57) { return true; }
    }
    return false;
}

function redactURL(url) {
    return redactShapes(redactPairs(redactUsers(url, '/?#'), 'url'));
}

/// What it holds may be a URL, of a redirection, of where a call came from, or JSON.
function redactHeader(name, value) {
    if (isSecretHeader(name)) { return rules.marker; }
    // Some clients take a user for a part of the host.
    const at = name.length === 4 && name.toLowerCase() === 'host' ? value.lastIndexOf('@') : -1;
    if (at > 0) { return rules.marker + value.slice(at); }
    const safe = looksLikeJSON(value) ? redactJSON(value, 0) : value;
    return redactShapes(redactPairs(redactUsers(safe, ' \t\r\n"\\<>/?#'), 'url'));
}

module.exports = { rules, redactBeginning, redactText, redactURL, redactHeader };
