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
    const { clock, guarded, ms, shared } = require('./shared.cjs');
    const { read, sandboxOf } = require('./settings.cjs');
    const settings = read(process.env);
    const { node: version } = process.versions;
    const at = clock();
    let transport;
    let loadMs;

    const about = (moment, rest) => {
        const { Told } = require('./lines.cjs');
        return new Told('lmon.interceptor', moment, undefined, () => ({ language: 'node', version, ...rest }));
    };
    /// Made when there is something to send, before which it says that we are here.
    const output = () => {
        if (transport !== undefined) { return transport; }
        const { Transport } = require('./transport.cjs');
        const made = new Transport(settings.address, guarded, () => { shared.active = false; });
        made.send(about(at, {
            loadMs, watches: ['node:http', 'node:https', 'node:undici', 'node:http2'],
            problems: settings.problems.length > 0 ? settings.problems : undefined,
        }), 256);
        transport = made;
        return made;
    };
    Object.assign(shared, {
        capture: settings.capture, limit: settings.limit, ignored: settings.ignored, redact: settings.redact,
        budget: settings.budget, wantsInvocations: settings.wantsInvocations, thread: threadId(),
        sandbox: sandboxOf(settings.address) ?? shared.sandbox,
        send: (record, size) => output().send(record, size), pace: () => output().pace(), flush: () => transport?.flush(),
        standDown: (reason) => {
            if (!shared.active) { return; }
            shared.active = false;
            shared.send(about(clock(), { standDown: reason }), 256);
        },
    });
    require('./hooks.cjs').install();
    shared.active = true;

    const { began, ended, reportOverhead } = require('./invocations.cjs');
    globalThis[invocationsKey] = {
        began: (id, eventOf) => guarded(began, id, eventOf),
        ended: (id, isSuccess, result, contentType) => guarded(ended, id, isSuccess, result, contentType),
    };
    globalThis[flushKey] = () => guarded(() => {
        reportOverhead();
        shared.flush();
    });
    if (shared.thread === 0 && isUnderRuntimeClient()) { require('./handler.cjs').redirect(); }
    process.on('exit', shared.flush);
    const [seconds, nanoseconds] = process.hrtime(started);
    loadMs = ms(seconds * 1000 + nanoseconds / 1e6);
    setImmediate(() => guarded(() => {
        const made = output();
        if (shared.calls > 0) { return; }
        // While the connection is made, nobody waits.
        made.turn();
        require('./http.cjs');
        require('./calls.cjs').rehearse();
    }));
}

if (process.env.LMON?.trim().toLowerCase() !== 'off' && globalThis[flushKey] === undefined) {
    try { install(); } catch { /* the program must run as without us */ }
}
