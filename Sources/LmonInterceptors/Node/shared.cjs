'use strict';

// What all parts of the preload share, and what they need of the platform as it is before the program runs: what mocks
// clocks, timers or sockets must neither be told of nor reach us.

const { AsyncResource } = require('async_hooks');
const EventEmitter = require('events');
const { Socket } = require('net');

const { hrtime, pid } = process;
const natives = {
    Calendar: Date, EventEmitter, Socket, connect: Socket.prototype.connect, stringify: JSON.stringify,
    afterTurn: setImmediate, later: setTimeout, pid,
    /// What follows our socket in async context is nobody's call.
    apart: new AsyncResource('lmon'),
};
/// Milliseconds since 1970.
const { now: clock } = Date;

/// Set once by the preload; `active` turns false when the interceptor stands down. `isFreezable`: by Lambda, while no handler
/// runs. `sandbox`: the address of the host of that name. `inFlight`: calls that were told of and are not over. `pace`: a
/// handler runs. `flush`: it ends.
const shared = {
    active: false, thread: 0, capture: 'headers', limit: 0, ignored: [], redact: [], budget: 20, spent: 0, calls: 0,
    inFlight: 0, faults: 0, wantsInvocations: false, isFreezable: process.env.AWS_LAMBDA_RUNTIME_API !== undefined,
    sandbox: '127.0.0.1',
    send: () => {}, pace: () => {}, flush: () => {}, standDown: () => {},
};

/// Milliseconds. To have `performance` costs a start the better part of one, and most programs never ask for it.
function now() {
    const at = hrtime();
    return at[0] * 1000 + at[1] / 1e6;
}

function ms(value) {
    return Math.round(value * 1000) / 1000;
}

/// Runs our code: its time is counted, and nothing that goes wrong in it reaches the program.
function guarded(work, a, b, c, d, e, f) {
    const start = now();
    try {
        return work(a, b, c, d, e, f);
    } catch {
        shared.faults += 1;
        if (shared.faults > 20) { standDown(); }
        return undefined;
    } finally {
        shared.spent += now() - start;
    }
}

/// What goes wrong may go wrong here as well.
function standDown() {
    try { shared.standDown('too many faults of its own'); } catch { shared.active = false; }
}

module.exports = { clock, guarded, ms, natives, now, shared };
