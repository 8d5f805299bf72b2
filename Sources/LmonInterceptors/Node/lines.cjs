'use strict';

// Records as lines of JSON, put together as text: most of each is the same from call to call, and is remembered.

const { redactHeader, redactURL, rules } = require('./redaction.cjs');
const { natives } = require('./shared.cjs');

/// Objects are never given to `stringify`: a program may say how those are written.
const { Calendar, stringify } = natives;

const MAX_KNOWN = 2000;
const MAX_VALUE = 200;
const MAX_URL = 500;
const MAX_HEAD = 1000;

/// A buffer for each text would be one more to collect.
const scratch = Buffer.allocUnsafeSlow(4096);

/// A header's name → its values → the pair as text. Nothing that was redacted is kept.
const known = new Map();
let knownValues = 0;
const heads = new Map();
const targets = new Map();

let second = -1;
let secondText = '';
let moment = -1;
let momentText = '';
let invocation;
let invocationText = '';

/// ISO 8601 with milliseconds, which `at` counts.
function timestamp(at) {
    if (at === moment) { return momentText; }
    const whole = Math.floor(at / 1000);
    if (whole !== second) {
        second = whole;
        secondText = secondOf(new Calendar(whole * 1000));
    }
    const rest = Math.floor(at - whole * 1000);
    moment = at;
    momentText = flat(`${secondText}${rest > 99 ? '' : rest > 9 ? '0' : '00'}${rest}Z`);
    return momentText;
}

/// The first `toISOString` of a process costs it a third of a millisecond.
function secondOf(date) {
    const two = (number) => (number > 9 ? `${number}` : `0${number}`);
    return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}T`
        + `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}.`;
}

/// A text of bytes, in one piece of its own: what is made of many pieces is put together anew each time that it is used, and
/// a part of a text keeps all of it.
function flat(text) {
    if (text.length > scratch.length) { return Buffer.from(text, 'latin1').latin1Slice(); }
    scratch.latin1Write(text, 0, text.length);
    return scratch.latin1Slice(0, text.length);
}

/// A string as JSON. In ASCII: one character beyond it would make a whole batch of lines twice as long to handle.
function quoted(text) {
    const json = stringify(text);
    return /[^\x00-\x7f]/.test(json)
        ? json.replace(/[^\x00-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`) : json;
}

/// Further members of an object, each after a comma; those that have no value are left out.
function members(object) {
    let text = '';
    for (const name of Object.keys(object)) {
        const value = object[name];
        if (value !== undefined && value !== null) { text += `,"${name}":${valueText(value)}`; }
    }
    return text;
}

/// Texts, numbers, truths, and lists of texts.
function valueText(value) {
    return typeof value === 'string' ? quoted(value) : Array.isArray(value) ? `[${value.map(quoted).join(',')}]` : value;
}

/// A record of what is not a call, which is made into a line later: `make` names the members, or undefined.
class Told {
    constructor(type, at, invocation, make) {
        this.type = type;
        this.at = at;
        this.invocation = invocation;
        this.make = make;
    }

    render() {
        return `{"type":"${this.type}","time":"${timestamp(this.at)}",${invocationMember(this.invocation)}`
            + `"record":{${members(this.make()).slice(1)}}}`;
    }
}

/// The member that names the invocation, with its comma.
function invocationMember(id) {
    if (id === undefined) { return ''; }
    if (id !== invocation) {
        invocation = id;
        invocationText = flat(`"invocation":${quoted(id)},`);
    }
    return invocationText;
}

/// Pairs as text, redacted.
function headersText(headers) {
    let text = '';
    for (const pair of headers) {
        const one = known.get(pair[0])?.get(pair[1]) ?? pairText(pair[0], pair[1]);
        text = text === '' ? one : `${text},${one}`;
    }
    return text;
}

function pairText(name, value) {
    const safe = redactHeader(name, value);
    const text = flat(`[${quoted(name)},${quoted(safe)}]`);
    if (safe !== value || name.length > MAX_VALUE || value.length > MAX_VALUE || safe.includes(rules.marker)) { return text; }
    if (knownValues >= MAX_KNOWN) {
        known.clear();
        knownValues = 0;
    }
    knownValues += 1;
    const values = known.get(name);
    if (values === undefined) { known.set(own(name), new Map([[own(value), text]])); } else { values.set(own(value), text); }
    return text;
}

/// A copy: a part of a text keeps all of it in memory, here a head with its secrets.
function own(text) {
    return /[^\x00-\xff]/.test(text) ? Buffer.from(text).toString() : flat(text);
}

/// Headers that `parse` makes of a head (without its first line); those of the last calls are at hand.
function parsedHead(head, parse) {
    const at = heads.get(head);
    if (at !== undefined) { return at; }
    const made = new Headers(parse(head));
    // Signatures do not come again, and secrets are not to be kept.
    if (head.length <= MAX_HEAD && !made.isSecret) {
        if (heads.size >= 200) { heads.clear(); }
        // What stands before it, and after the names and values in it, is not to be kept.
        const copy = own(head);
        heads.set(copy, new Headers(parse(copy)));
    }
    return made;
}

/// Headers of a request, which do not change.
class Headers {
    constructor(pairs) {
        this.pairs = pairs;
        this.text = flat(headersText(pairs));
        this.isSecret = this.text.includes('\\u2039redacted');
        /// Whether none of them tells of AWS.
        this.isPlain = pairs.every(([name]) => name.length < 12 || !/^(x-amz-target|authorization|x-aws-parameters-secrets-token)$/i.test(name));
    }
}

/// A URL as it is told: redacted, and as it stands within JSON. `isPlain`: it does not tell of AWS.
function targetOf(url) {
    const at = targets.get(url);
    if (at !== undefined) { return at; }
    const safe = redactURL(url);
    const isPlain = !url.includes('X-Amz-Credential=') && !url.toLowerCase().includes('.amazonaws.');
    const made = { url: safe, text: flat(quoted(safe).slice(1, -1)), isPlain };
    if (safe === url && url.length <= MAX_URL) {
        if (targets.size >= MAX_KNOWN) { targets.clear(); }
        targets.set(url, made);
    }
    return made;
}

module.exports = { Headers, Told, flat, invocationMember, members, parsedHead, quoted, targetOf, timestamp };
