'use strict';

// One outgoing call, from its first sign to its end, and the records that tell of it.

const { nameAWS } = require('./aws.cjs');
const { Capture, SLACK, describe } = require('./bodies.cjs');
const { makeMark } = require('./marks.cjs');
const { redactHeader, redactURL } = require('./redaction.cjs');

const invocationKey = Symbol.for('lmon.invocation');
const { pid } = process;
const now = performance.now.bind(performance);

/// Set once by the preload; `active` turns false when the interceptor stands down.
const shared = {
    active: false, thread: 0, capture: 'headers', limit: 0, ignored: [], budget: 20, spent: 0, calls: 0, faults: 0,
    send: () => {}, standDown: () => {},
};

let counter = 0;
const history = new Map();
let sockets = 0;
/// Socket → what is told of its connection.
const connections = makeMark();

function currentInvocation() {
    const own = globalThis[invocationKey]?.getStore?.();
    if (own !== undefined) { return own; }
    return globalThis.awslambda?.InvokeStore?.getRequestId?.() ?? undefined;
}

function ms(value) {
    return Math.round(value * 1000) / 1000;
}

/// Runs our code: its time is counted, and nothing that goes wrong in it reaches the program.
function guarded(work) {
    const start = now();
    try {
        return work();
    } catch {
        shared.faults += 1;
        if (shared.faults > 20) { shared.standDown('too many faults of its own'); }
        return undefined;
    } finally {
        shared.spent += now() - start;
    }
}

function isIgnored(host) {
    const name = host.replace(/:\d+$/, '');
    return shared.ignored.some((entry) => entry === host || entry === name
        || (entry.startsWith('*.') && name.endsWith(entry.slice(1)))
        || (entry.startsWith('.') && name.endsWith(entry)));
}

/// Starts to watch a call, unless this host is not to be watched or the budget is used up: ten budgets, and a quarter
/// of one for each call. That is far above what calls cost; a process that is given little of a core gets there last.
function begin(client, method, host) {
    if (!shared.active || (shared.ignored.length > 0 && isIgnored(host))) { return null; }
    if (shared.spent > shared.budget * (10 + shared.calls / 4)) {
        shared.standDown(`its time budget is used up: ${ms(shared.spent)} ms for ${shared.calls} calls`);
        return null;
    }
    shared.calls += 1;
    return new Call(client, method, host);
}

/// A record that is made into a line later: what it reads must be final, or a copy.
class CallRecord {
    constructor(call, type, make) {
        this.call = call;
        this.type = type;
        this.at = Date.now();
        this.make = make;
    }

    render() {
        const { call } = this;
        return `{"type":"${this.type}","time":"${new Date(this.at).toISOString()}",${call.lead()}`
            + `${JSON.stringify(this.make.call(call)).slice(1)}}`;
    }
}

class Call {
    constructor(client, method, host) {
        counter += 1;
        this.id = `${pid}-${shared.thread}-${counter}`;
        this.client = client;
        this.method = method;
        this.host = host;
        this.invocation = currentInvocation();
        this.start = now();
        this.leading = '';
        this.url = '';
        this.isWhole = false;
        this.makeHeaders = null;
        this.requestHeaders = null;
        this.responseHeaders = null;
        this.status = 0;
        this.version = '';
        this.timings = {};
        this.connection = undefined;
        this.secret = false;
        this.past = null;
        this.isOpen = false;
        this.isEnded = false;
        this.outcome = '';
        this.phase = undefined;
        this.error = undefined;
        // How far it has come, and who has left it.
        this.isConnected = false;
        this.isSecured = true;
        this.isSent = false;
        this.hasTimedOut = false;
        this.isLeft = false;
        this.reason = null;
        const room = shared.limit === 0 ? 0 : shared.limit + SLACK;
        // Forms name what they ask of AWS, and the hash pairs calls, whatever is captured.
        this.request = new Capture(Math.max(room, SLACK));
        this.response = new Capture(room);
    }

    /// What every record of this call begins with.
    lead() {
        if (this.leading === '') {
            const invocation = this.invocation === undefined ? '' : `"invocation":${JSON.stringify(this.invocation)},`;
            this.leading = `${invocation}"record":{"callId":"${this.id}",`;
        }
        return this.leading;
    }

    since(moment = now()) {
        return ms(Math.max(0, moment - this.start));
    }

    mark(name) {
        this.timings[name] = this.since();
    }

    /// Headers without secrets, in place: nobody reads them unredacted after this.
    safe(headers) {
        if (shared.capture === 'metadata' || headers === null) { return undefined; }
        for (const pair of headers) { pair[1] = redactHeader(pair[0], pair[1]); }
        return headers;
    }

    /// `http.request`. `headers`: a function that makes them, later; `isWhole` if the body is already known.
    opened(url, headers, isWhole) {
        this.isOpen = true;
        this.url = url;
        this.makeHeaders = headers;
        this.isWhole = isWhole && this.request.size > 0;
        shared.send(new CallRecord(this, 'http.request', this.describeRequest), 1024);
    }

    describeRequest() {
        this.requestHeaders = this.makeHeaders();
        const aws = nameAWS(this.method, this.url, this.requestHeaders, this.request);
        this.secret = aws.isSecret === true;
        this.url = redactURL(this.url);
        const hash = this.isWhole ? this.request.hash() : '-';
        const subject = `${this.method} ${this.url}`;
        const same = remembered(`${this.invocation ?? ''} ${subject} ${hash}`);
        same.count += 1;
        this.past = remembered(`${this.invocation ?? ''} ${subject}`);
        this.past.attempt = this.past.failed ? this.past.attempt + 1 : 1;
        this.past.failed = false;
        return {
            method: this.method, url: this.url, headers: this.safe(this.requestHeaders), client: this.client,
            service: aws.service, operation: aws.operation, attempt: aws.attempt ?? this.past.attempt,
            matchKey: `${subject} ${hash} ${same.count}`,
        };
    }

    connected(socket, reused) {
        let known = connections.of(socket);
        if (known === undefined) {
            sockets += 1;
            const { remoteAddress: address, remotePort: port } = socket;
            const remote = address === undefined ? undefined
                : address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
            known = { id: `${pid}-${shared.thread}-${sockets}`, reused: true, remote };
            connections.set(socket, known);
            if (!reused) { known = { ...known, reused: false }; }
        }
        this.connection = known;
    }

    /// `http.response`: the headers are here, to be made pairs by `pairs`.
    responded(status, version, raw, pairs) {
        if (this.isEnded) { return; }
        this.status = status;
        this.version = version;
        this.mark('firstByte');
        const timings = { ...this.timings };
        shared.send(new CallRecord(this, 'http.response', () => {
            this.responseHeaders = pairs(raw);
            return { status, version, headers: this.safe(this.responseHeaders), timings, connection: this.connection };
        }), 1024);
    }

    /// `http.end`, once; later ends are ignored.
    ended(outcome, error, phase) {
        if (this.isEnded) { return; }
        this.isEnded = true;
        this.mark('end');
        this.outcome = outcome;
        this.error = error;
        this.phase = phase;
        shared.send(new CallRecord(this, 'http.end', this.describeEnd), 512 + this.request.kept + this.response.kept);
    }

    describeEnd() {
        const { error, request, response } = this;
        const failed = this.outcome === 'error' || this.status >= 400;
        if (this.past !== null) { this.past.failed = failed && (this.status < 400 || this.status >= 429); }
        const { capture } = shared;
        const wanted = capture === 'all' || capture === 'bodies' || (capture === 'errors' && failed);
        const limit = wanted ? shared.limit : 0;
        const body = (kept, headers) => (kept.size === 0 ? undefined : describe(kept, headers, limit, this.secret));
        const bodies = { request: body(request, this.requestHeaders), response: body(response, this.responseHeaders) };
        request.chunks = response.chunks = [];
        return {
            outcome: this.outcome,
            phase: error && this.phase,
            code: typeof error?.code === 'string' ? error.code : undefined,
            message: error && redactURL(String(error.message ?? error).slice(0, 1024)),
            timings: this.timings,
            sizes: { request: request.size, response: response.size },
            bodies,
        };
    }

    /// An end that is not a success: by whom, and while doing what.
    failed(error, byProgram) {
        const cause = error?.cause;
        const code = typeof error?.code === 'string' ? error.code : '';
        const timeout = this.hasTimedOut || code.includes('TIMEOUT') || code === 'ETIMEDOUT'
            || error?.name === 'TimeoutError' || cause?.name === 'TimeoutError';
        if (!timeout && (byProgram || error?.name === 'AbortError' || code === 'UND_ERR_ABORTED')) {
            this.ended('aborted', error, undefined);
            return;
        }
        const phase = timeout ? 'timeout'
            : error?.syscall === 'getaddrinfo' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? 'dns'
            : code.includes('CERT') || code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || code === 'EPROTO' ? 'tls'
            : !this.isConnected ? 'connect'
            : !this.isSecured ? 'tls'
            : !this.isSent && this.status === 0 ? 'send' : 'receive';
        this.ended('error', error ?? { message: timeout ? 'timed out' : 'connection closed' }, phase);
    }
}

function remembered(key) {
    let entry = history.get(key);
    if (entry === undefined) {
        if (history.size > 4000) { history.clear(); }
        entry = { count: 0, attempt: 0, failed: false };
        history.set(key, entry);
    }
    return entry;
}

module.exports = { begin, guarded, shared, ms, now };
