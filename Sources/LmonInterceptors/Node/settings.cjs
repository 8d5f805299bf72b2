'use strict';

// The variables, read once. A wrong value is a problem to tell of, and stands for the default.

const levels = ['metadata', 'headers', 'errors', 'bodies', 'all'];
const MAX_LIMIT = 256 * 1024;
const defaultAddress = 'sandbox:4243';

function list(text) {
    return (text ?? '').split(',').map((entry) => entry.trim().toLowerCase()).filter((entry) => entry !== '');
}

function read(env) {
    const problems = [];
    const wrong = (name, expected, used) => problems.push(`${name}=${String(env[name]).slice(0, 64)} is not ${expected}; ${used} is used`);
    const number = (name, otherwise, most) => {
        const text = env[name]?.trim();
        if (!text) { return otherwise; }
        const value = Number(text);
        if (value >= 0 && value <= most) { return value; }
        wrong(name, `a number from 0 to ${most}`, otherwise);
        return otherwise;
    };
    const chosen = env.LMON_CAPTURE?.trim();
    if (chosen && !levels.includes(chosen)) { wrong('LMON_CAPTURE', `one of ${levels.join(', ')}`, 'headers'); }
    const capture = levels.includes(chosen) ? chosen : 'headers';
    const limit = number('LMON_BODY_LIMIT', 16384, MAX_LIMIT);
    if (env.LMON && env.LMON !== 'on') { wrong('LMON', 'on or off', 'on'); }
    return {
        address: address(env, wrong), capture, problems,
        limit: capture === 'metadata' || capture === 'headers' ? 0 : Math.floor(limit),
        budget: number('LMON_BUDGET_MS', 20, 3600000),
        ignored: [...list(env.LMON_IGNORE_HOSTS), ...list(env.AWS_LAMBDA_RUNTIME_API)],
        redact: list(env.LMON_REDACT),
        wantsInvocations: env.LMON_PAYLOADS !== 'off',
    };
}

/// Without regular expressions, here as elsewhere in what a start runs: the first costs it a tenth of a millisecond.
function isPort(text) {
    return [...text].every((digit) => digit >= '0' && digit <= '9') && Number(text) > 0 && Number(text) < 65536;
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

module.exports = { read };
