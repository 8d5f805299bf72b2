'use strict';

// What redaction goes by: which names are secret. The rules are data, one file for all languages, and hold no regular
// expressions.

/// `headers`: a header whose lower-case name holds one of these keeps its name only. `keys`: query, form, JSON and XML
/// names, as lower-case letters and digits only ("X-Api_Key" is "xapikey"); `plain`: whole names that only look like
/// them; `numbers`: endings of names whose numbers are counts or times, while their strings are still secret. `shapes`:
/// credentials known by their looks, the whole length counted. `services`, `targets`: AWS's that are secret throughout.
const rules = require('../Shared/rules.json');
const { shared } = require('./shared.cjs');

/// Further names, from LMON_REDACT.
const extra = shared.redact.map(normalized).filter((name) => name !== '');
const headerNames = new Map();
const keyNames = new Map();

function normalized(name) {
    let result = '';
    for (let i = 0; i < name.length; i += 1) {
        const c = name.charCodeAt(i);
        if (isWordChar(c)) { result += c < 91 && c > 64 ? String.fromCharCode(c + 32) : name[i]; }
    }
    return result;
}

function remembered(map, name, decide) {
    let answer = map.get(name);
    if (answer === undefined) {
        answer = name.length > 256 ? 0 : decide(name);
        if (map.size > 2000) { map.clear(); }
        map.set(name, answer);
    }
    return answer;
}

function isSecretHeader(name) {
    const decide = () => {
        const lower = name.toLowerCase();
        const plain = normalized(name);
        return rules.headers.some((part) => lower.includes(part)) || extra.some((part) => plain.includes(part));
    };
    return name.length > 256 ? decide() : remembered(headerNames, name, decide);
}

/// 0: not secret. 1: its strings are. 2: its numbers are, too.
function secrecy(name) {
    return remembered(keyNames, name, () => {
        const key = normalized(name);
        if (extra.some((part) => key.includes(part))) { return 2; }
        if (rules.plain.includes(key) || !rules.keys.some((part) => key.includes(part))) { return 0; }
        return rules.numbers.some((end) => key.endsWith(end)) ? 1 : 2;
    });
}

function isWordChar(c) {
    return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57);
}

module.exports = { isSecretHeader, isWordChar, rules, secrecy };
