'use strict';

// The variables, read once. A wrong value is a problem to tell of, and stands for the default.

const fs = require('fs');

const levels = ['metadata', 'headers', 'errors', 'bodies', 'all'];
const MAX_LIMIT = 256 * 1024;
const MAX_BUDGET = 10000;
const defaultAddress = 'sandbox:4243';

function list(text) {
    return (text ?? '').split(',').map((entry) => entry.trim().toLowerCase()).filter((entry) => entry !== '');
}

/// What is one of a few words, as the agent reads it.
function word(text) {
    return text?.trim().toLowerCase();
}

function read(env) {
    const problems = [];
    const wrong = (name, expected, used) => problems.push(`${name}=${shown(env[name])} is not ${expected}; ${used} is used`);
    const number = (name, otherwise, most) => {
        const text = env[name]?.trim();
        if (!text) { return otherwise; }
        const value = isNumber(text) ? Number(text) : NaN;
        if (value <= most) { return value; }
        wrong(name, `a whole number up to ${most}`, otherwise);
        return otherwise;
    };
    const chosen = word(env.LMON_CAPTURE);
    if (chosen && !levels.includes(chosen)) { wrong('LMON_CAPTURE', `one of ${levels.join(', ')}`, 'headers'); }
    const capture = levels.includes(chosen) ? chosen : 'headers';
    const limit = number('LMON_BODY_LIMIT', 16384, MAX_LIMIT);
    if (word(env.LMON) && word(env.LMON) !== 'on') { wrong('LMON', 'on or off', 'on'); }
    return {
        address: address(env, wrong), capture, problems,
        limit: capture === 'metadata' || capture === 'headers' ? 0 : limit,
        // With none, nothing is held at an invocation's end; to watch takes some.
        budget: number('LMON_BUDGET_MS', 20, MAX_BUDGET) || 20,
        ignored: [...list(env.LMON_IGNORE_HOSTS), ...list(env.AWS_LAMBDA_RUNTIME_API)],
        redact: list(env.LMON_REDACT),
        wantsInvocations: env.LMON_PAYLOADS !== 'off',
    };
}

/// A URL may hold what is secret.
function shown(text) {
    return text.includes('@') || text.includes('://') ? '…' : text.slice(0, 64);
}

/// Without regular expressions, here as elsewhere in what a start runs: the first costs it a tenth of a millisecond.
function isNumber(text) {
    return [...text].every((digit) => digit >= '0' && digit <= '9');
}

function isPort(text) {
    return isNumber(text) && Number(text) > 0 && Number(text) < 65536;
}

function address(env, wrong) {
    const text = env.LMON_ADDRESS?.trim();
    if (!text) { return defaultAddress; }
    const colon = text.lastIndexOf(':');
    const host = text.slice(0, colon);
    const isBracketed = host.startsWith('[') && host.endsWith(']');
    const isHost = isBracketed || ![':', '/', ' ', '\t', '\n'].some((character) => host.includes(character));
    if (colon > 0 && isHost && isPort(text.slice(colon + 1))) { return text; }
    wrong('LMON_ADDRESS', 'a host and a port', defaultAddress);
    return defaultAddress;
}

/// The address of a host by that name, `sandbox…`, as it stands in the sandbox's own hosts file; of any other, undefined.
function sandboxOf(address) {
    if (!address.startsWith('sandbox')) { return undefined; }
    const host = address.slice(0, address.lastIndexOf(':'));
    try {
        for (const line of fs.readFileSync('/etc/hosts', 'utf8').split('\n')) {
            const [ip, ...names] = line.split('#')[0].trim().split(/\s+/);
            if (names.includes(host)) { return ip; }
        }
    } catch {
        // There is no such file here.
    }
    return undefined;
}

module.exports = { read, sandboxOf };
