'use strict';

// What is told of invocations themselves: event and result if they are wanted, and the handler's end, upon which the
// agent may let the environment freeze. Used by the handler's wrapper and by lmon's own runtime client.

const { clock, ms, shared } = require('./shared.cjs');

const jsonType = 'application/json';
let reported = 0;

function tell(type, invocation, make) {
    const { Told } = require('./lines.cjs');
    shared.send(new Told(type, clock(), invocation, make), 256);
}

function wantsPayloads() {
    return shared.wantsInvocations && shared.active && shared.capture === 'all';
}

/// The members of a payload, redacted and cut like any body.
function payload(capture, contentType) {
    const { describe } = require('./bodies.cjs');
    const { text, base64, size, truncated, redacted } = describe(capture, [['content-type', contentType]], shared.limit, false);
    return { text, base64, size, truncated: truncated || undefined, redacted: redacted || undefined, contentType };
}

function captured(text) {
    const { Capture, SLACK } = require('./bodies.cjs');
    const capture = new Capture(shared.limit + SLACK);
    capture.add(text);
    return capture;
}

/// The handler's beginning. `eventOf` makes the invocation's event, if it is wanted: its text, `deadlineMs` and
/// `invokedFunctionArn`.
function began(id, eventOf) {
    shared.pace();
    if (!wantsPayloads()) { return; }
    const { text, deadlineMs, invokedFunctionArn } = eventOf();
    const capture = captured(text);
    tell('invocation.event', id, () => ({ ...payload(capture, jsonType), deadlineMs, invokedFunctionArn }));
}

/// The handler's end, with its result (text, or the capture of a stream) if it is known; right before the response.
function ended(id, isSuccess, result, contentType = jsonType) {
    if (result !== undefined && wantsPayloads()) {
        const capture = typeof result === 'string' ? captured(result) : result;
        tell('invocation.result', id, () => ({ outcome: isSuccess ? 'response' : 'error', ...payload(capture, contentType) }));
    }
    reportOverhead(id);
    if (shared.wantsInvocations) { tell('handler.end', id, () => ({ status: isSuccess ? 'success' : 'error' })); }
    shared.flush();
}

function reportOverhead(id) {
    const spent = shared.spent - reported;
    if (spent <= 0) { return; }
    reported = shared.spent;
    tell('lmon.overhead', id, () => ({ interceptorMs: ms(spent) }));
}

module.exports = { began, ended, reportOverhead, wantsPayloads };
