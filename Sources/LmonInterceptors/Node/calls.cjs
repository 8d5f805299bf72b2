'use strict';

// One outgoing call, from its first sign to its end, and the records that tell of it.

const { nameAWS } = require('./aws.cjs');
const { Capture, SLACK, describe } = require('./bodies.cjs');
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
const socketIDs = new WeakMap();

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
    if (!shared.active || isIgnored(host)) { return null; }
    if (shared.spent > shared.budget * (10 + shared.calls / 4)) {
        shared.standDown(`its time budget is used up: ${ms(shared.spent)} ms for ${shared.calls} calls`);
        return null;
    }
    shared.calls += 1;
    return new Call(client, method);
}

class Call {
    constructor(client, method) {
        counter += 1;
        this.id = `${pid}-${shared.thread}-${counter}`;
        this.client = client;
        this.method = method;
        this.invocation = currentInvocation();
        this.start = now();
        this.at = Date.now();
        this.url = '';
        this.requestHeaders = null;
        this.responseHeaders = null;
        this.status = 0;
        this.timings = {};
        this.connection = undefined;
        this.secret = false;
        this.past = null;
        this.isOpen = false;
        this.isEnded = false;
        const room = shared.limit === 0 ? 0 : shared.limit + SLACK;
        // Forms name what they ask of AWS, and the hash pairs calls, whatever is captured.
        this.request = new Capture(Math.max(room, SLACK));
        this.response = new Capture(room);
    }

    since(moment = now()) {
        return ms(Math.max(0, moment - this.start));
    }

    mark(name) {
        this.timings[name] = this.since();
    }

    /// Sends a record that `make` makes later, in order: what it reads must be final, or a copy.
    send(type, at, size, make) {
        shared.send(() => guarded(() => {
            const time = new Date(at).toISOString();
            return JSON.stringify({ type, time, invocation: this.invocation, record: { callId: this.id, ...make() } });
        }), size);
    }

    safe(headers) {
        if (shared.capture === 'metadata' || headers === null) { return undefined; }
        return headers.map(([name, value]) => [name, redactHeader(name, value)]);
    }

    /// `http.request`. `isWhole` if the body is already known.
    opened(url, headers, isWhole) {
        this.isOpen = true;
        this.requestHeaders = headers;
        this.send('http.request', this.at, 1024, () => {
            this.url = redactURL(url);
            const aws = nameAWS(this.method, url, headers, this.request.start());
            this.secret = aws.isSecret === true;
            const hash = isWhole && this.request.size > 0 ? this.request.hash() : '-';
            const subject = `${this.method} ${this.url} ${this.invocation ?? ''}`;
            const same = remembered(`${subject} ${hash}`);
            same.count += 1;
            this.past = remembered(subject);
            this.past.attempt = this.past.failed ? this.past.attempt + 1 : 1;
            this.past.failed = false;
            return {
                method: this.method, url: this.url, headers: this.safe(headers), client: this.client,
                service: aws.service, operation: aws.operation, attempt: aws.attempt ?? this.past.attempt,
                matchKey: `${this.method} ${this.url} ${hash} ${same.count}`,
            };
        });
    }

    connected(socket, reused) {
        let id = socketIDs.get(socket);
        if (id === undefined) {
            sockets += 1;
            id = sockets;
            socketIDs.set(socket, id);
        } else {
            reused = true;
        }
        const { remoteAddress: address, remotePort: port } = socket;
        const remote = address === undefined ? undefined
            : address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
        this.connection = { id: `${pid}-${shared.thread}-${id}`, reused, remote };
    }

    /// `http.response`: the headers are here.
    responded(status, version, headers) {
        if (this.isEnded) { return; }
        this.status = status;
        this.responseHeaders = headers;
        this.mark('firstByte');
        const { connection } = this;
        const timings = { ...this.timings };
        this.send('http.response', Date.now(), 1024, () => ({
            status, version, headers: this.safe(headers), timings, connection,
        }));
    }

    /// `http.end`, once; later ends are ignored.
    ended(outcome, error, phase) {
        if (this.isEnded) { return; }
        this.isEnded = true;
        this.mark('end');
        this.send('http.end', Date.now(), 512 + this.request.kept + this.response.kept, () => {
            const failed = outcome === 'error' || this.status >= 400;
            if (this.past !== null) { this.past.failed = failed && (this.status < 400 || this.status >= 429); }
            const { capture } = shared;
            const wanted = capture === 'all' || capture === 'bodies' || (capture === 'errors' && failed);
            const limit = wanted ? shared.limit : 0;
            const body = (kept, headers) => (kept.size === 0 ? undefined : describe(kept, headers, limit, this.secret));
            const bodies = { request: body(this.request, this.requestHeaders), response: body(this.response, this.responseHeaders) };
            this.request.chunks = this.response.chunks = [];
            return {
                outcome,
                phase: error && phase,
                code: typeof error?.code === 'string' ? error.code : undefined,
                message: error && redactURL(String(error.message ?? error).slice(0, 1024)),
                timings: this.timings,
                sizes: { request: this.request.size, response: this.response.size },
                bodies,
            };
        });
    }

    /// An end that is not a success: by whom, and while doing what.
    failed(error, byProgram, { connected, secured, sent, timedOut }) {
        const cause = error?.cause;
        const code = typeof error?.code === 'string' ? error.code : '';
        const timeout = timedOut || code.includes('TIMEOUT') || code === 'ETIMEDOUT'
            || error?.name === 'TimeoutError' || cause?.name === 'TimeoutError';
        if (!timeout && (byProgram || error?.name === 'AbortError' || code === 'UND_ERR_ABORTED')) {
            this.ended('aborted', error, undefined);
            return;
        }
        const phase = timeout ? 'timeout'
            : error?.syscall === 'getaddrinfo' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? 'dns'
            : code.includes('CERT') || code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || code === 'EPROTO' ? 'tls'
            : !connected ? 'connect'
            : !secured ? 'tls'
            : !sent && this.status === 0 ? 'send' : 'receive';
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
