'use strict';

// The preload: watches every outgoing HTTP call of this process and tells the agent. Loaded by
// NODE_OPTIONS=--require; does nothing with LMON=off. The program behaves as it would without.

const flushKey = Symbol.for('lmon.flush');

function install() {
    const started = performance.now();
    const { env } = process;
    const { shared, ms } = require('./calls.cjs');
    const { Transport } = require('./transport.cjs');
    const { alsoRedact } = require('./redaction.cjs');

    const list = (text) => (text ?? '').split(',').map((entry) => entry.trim().toLowerCase()).filter((entry) => entry !== '');
    const number = (text, otherwise) => (Number(text) >= 0 && text?.trim() ? Number(text) : otherwise);
    const levels = ['metadata', 'headers', 'errors', 'bodies', 'all'];
    const transport = new Transport(env.LMON_ADDRESS || 'sandbox:4243', () => { shared.active = false; });

    shared.capture = levels.includes(env.LMON_CAPTURE) ? env.LMON_CAPTURE : 'headers';
    shared.limit = ['metadata', 'headers'].includes(shared.capture) ? 0
        : Math.min(number(env.LMON_BODY_LIMIT, 16384), 256 * 1024);
    shared.ignored = [...list(env.LMON_IGNORE_HOSTS), ...list(env.AWS_LAMBDA_RUNTIME_API)];
    shared.budget = number(env.LMON_BUDGET_MS, 20);
    shared.thread = require('worker_threads').threadId;
    shared.send = (render, size) => transport.send(render, size);
    alsoRedact(list(env.LMON_REDACT));

    const tell = (type, record) => {
        const time = new Date().toISOString();
        transport.send(() => JSON.stringify({ type, time, record }), 256);
    };
    const about = (rest) => tell('lmon.interceptor', { language: 'node', version: process.versions.node, ...rest });
    shared.standDown = (reason) => {
        if (!shared.active) { return; }
        shared.active = false;
        about({ standDown: reason });
    };

    require('./http.cjs').install();
    require('./undici.cjs').install();
    require('./http2.cjs').install();
    shared.active = true;
    let reported = 0;
    globalThis[flushKey] = () => {
        if (shared.spent - reported > 0) {
            tell('lmon.overhead', { interceptorMs: ms(shared.spent - reported) });
            reported = shared.spent;
        }
        transport.flush();
    };
    process.on('exit', transport.flush);
    about({ loadMs: ms(performance.now() - started), watches: ['node:http', 'node:https', 'node:undici', 'node:http2'] });
}

if (process.env.LMON !== 'off' && globalThis[flushKey] === undefined) {
    try { install(); } catch { /* the program must run as without us */ }
}
