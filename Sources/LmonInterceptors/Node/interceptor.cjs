'use strict';

// The preload: watches every outgoing HTTP call of this process and tells the agent. Loaded by
// NODE_OPTIONS=--require; does nothing with LMON=off. The program behaves as it would without.

const flushKey = Symbol.for('lmon.flush');
const invocationsKey = Symbol.for('lmon.invocations');

/// Loading worker_threads takes half a millisecond, and only in a worker are some functions of the process disabled.
function threadId() {
    return process.abort.disabled ? require('worker_threads').threadId : 0;
}

/// A program that a function starts inherits its variables; only the runtime client itself runs from here.
function isUnderRuntimeClient() {
    const file = process.argv[1];
    return process.env.AWS_LAMBDA_RUNTIME_API !== undefined && file !== undefined
        && (file.startsWith('/var/runtime/') || file.split('/').includes('aws-lambda-ric'));
}

function install() {
    const started = process.hrtime();
    const { clock, guarded, ms, rehearse, shared } = require('./calls.cjs');
    const { Told } = require('./lines.cjs');
    const { Transport } = require('./transport.cjs');
    const settings = require('./settings.cjs').read(process.env);
    const transport = new Transport(settings.address, guarded, () => { shared.active = false; });

    Object.assign(shared, {
        capture: settings.capture, limit: settings.limit, ignored: settings.ignored, budget: settings.budget,
        thread: threadId(), send: (record, size) => transport.send(record, size),
    });
    require('./redaction.cjs').alsoRedact(settings.redact);

    const about = (rest) => {
        const make = () => ({ language: 'node', version: process.versions.node, ...rest });
        transport.send(new Told('lmon.interceptor', clock(), undefined, make), 256);
    };
    shared.standDown = (reason) => {
        if (!shared.active) { return; }
        shared.active = false;
        about({ standDown: reason });
    };

    require('./http.cjs').install();
    require('./undici.cjs').install();
    require('./http2.cjs').install();
    shared.active = true;

    const { began, ended, output, reportOverhead } = require('./invocations.cjs');
    Object.assign(output, {
        send: shared.send, pace: () => transport.pace(), flush: transport.flush, isWanted: settings.wantsInvocations,
    });
    globalThis[invocationsKey] = { began, ended };
    globalThis[flushKey] = () => {
        reportOverhead();
        transport.flush();
    };
    if (shared.thread === 0 && isUnderRuntimeClient()) { require('./handler.cjs').redirect(); }
    process.on('exit', transport.flush);
    const [seconds, nanoseconds] = process.hrtime(started);
    about({
        loadMs: ms(seconds * 1000 + nanoseconds / 1e6), watches: ['node:http', 'node:https', 'node:undici', 'node:http2'],
        problems: settings.problems.length > 0 ? settings.problems : undefined,
    });
    setImmediate(() => { if (shared.calls === 0) { guarded(rehearse); } });
}

if (process.env.LMON?.trim().toLowerCase() !== 'off' && globalThis[flushKey] === undefined) {
    try { install(); } catch { /* the program must run as without us */ }
}
