'use strict';

// One outgoing call, from its first sign to its end, and the records that tell of it.

const { nameAWS } = require('./aws.cjs');
const { Capture, SLACK, described } = require('./bodies.cjs');
const { Headers, flat, invocationMember, members, quoted, targetOf, timestamp } = require('./lines.cjs');
const { makeMark } = require('./marks.cjs');
const { redactURL } = require('./redaction.cjs');

const invocationKey = Symbol.for('lmon.invocation');
const { hrtime, pid } = process;
/// As they are before the program runs: what it does to clocks is not to be told.
const { now: clock } = Date;

/// Set once by the preload; `active` turns false when the interceptor stands down. `inFlight`: calls that were told of and
/// have not ended.
const shared = {
    active: false, thread: 0, capture: 'headers', limit: 0, ignored: [], budget: 20, spent: 0, calls: 0, inFlight: 0,
    faults: 0, send: () => {}, standDown: () => {},
};

let counter = 0;
/// Method, URL and invocation → what there was of them.
const history = new Map();
/// About how many, the long ones counted several times.
let remembered = 0;
const MAX_REMEMBERED = 4000;
/// URL → the headers of the last answer, raw and as they are told.
const answers = new Map();
const MAX_ANSWERS = 100;
const unnamed = {};
let sockets = 0;
/// Socket → what is told of its connection.
const connections = makeMark();

function currentInvocation() {
    const own = globalThis[invocationKey]?.getStore?.();
    if (own !== undefined) { return own; }
    return globalThis.awslambda?.InvokeStore?.getRequestId?.() ?? undefined;
}

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
        this.at = clock();
        this.make = make;
    }

    render() {
        const { call } = this;
        return `{"type":"${this.type}","time":"${timestamp(this.at)}",${call.lead()}${this.make.call(call)}}}`;
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
        // The headers as they came, and what makes them pairs, until they are told.
        this.raw = null;
        this.pairs = null;
        this.status = 0;
        this.version = '';
        /// Milliseconds from the start, but for the end's.
        this.timings = {};
        this.timingsText = '';
        this.end = 0;
        /// As JSON.
        this.connection = undefined;
        /// Until it is known what is asked for.
        this.secret = true;
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
            this.leading = flat(`${invocationMember(this.invocation)}"record":{"callId":"${this.id}",`);
        }
        return this.leading;
    }

    since(moment = now()) {
        return ms(Math.max(0, moment - this.start));
    }

    mark(name, moment) {
        this.timings[name] = this.since(moment);
        this.timingsText = '';
    }

    /// The members of `timings`, each with a comma after it.
    told() {
        if (this.timingsText === '') {
            // Not with `in`: programs add to all objects.
            for (const name of Object.keys(this.timings)) { this.timingsText += `"${name}":${this.timings[name]},`; }
        }
        return this.timingsText;
    }

    /// `http.request`. `headers`: a function that makes them, later; `isWhole` if the body is already known.
    opened(url, headers, isWhole) {
        this.isOpen = true;
        shared.inFlight += 1;
        this.url = url;
        this.makeHeaders = headers;
        this.isWhole = isWhole && this.request.size > 0;
        shared.send(new CallRecord(this, 'http.request', this.describeRequest), 1024);
    }

    describeRequest() {
        const headers = this.makeHeaders();
        this.requestHeaders = headers.pairs;
        const target = targetOf(this.url);
        const aws = target.isPlain && headers.isPlain ? unnamed
            : nameAWS(this.method, this.url, headers.pairs, this.request);
        this.secret = aws.isSecret === true;
        this.url = target.url;
        const hash = this.isWhole ? this.request.hash() : '-';
        const past = this.past = pastOf(this.method, target, this.invocation);
        const number = past.counted(hash);
        past.attempt = past.failed ? past.attempt + 1 : 1;
        past.failed = false;
        const told = shared.capture === 'metadata' ? '' : `,"headers":[${headers.text}]`;
        const named = aws === unnamed ? '' : members({ service: aws.service, operation: aws.operation });
        return `${past.begin}${told},"client":"${this.client}"${named}`
            + `,"attempt":${aws.attempt ?? past.attempt}${past.key}${hash} ${number}"`;
    }

    connected(socket, reused) {
        let known = connections.of(socket);
        if (known === undefined) {
            sockets += 1;
            const { remoteAddress: address, remotePort: port } = socket;
            const remote = address === undefined ? ''
                : address.includes(':') ? `,"remote":"[${address}]:${port}"` : `,"remote":"${address}:${port}"`;
            const id = `"id":"${pid}-${shared.thread}-${sockets}"`;
            known = `{${id},"reused":true${remote}}`;
            connections.set(socket, known);
            if (!reused) { known = `{${id},"reused":false${remote}}`; }
        }
        this.connection = known;
    }

    /// `http.response`: the headers are here, to be made pairs by `pairs`.
    responded(status, version, raw, pairs) {
        if (this.isEnded) { return; }
        this.status = Number(status) || 0;
        this.version = version;
        this.raw = raw;
        this.pairs = pairs;
        this.mark('firstByte');
        shared.send(new CallRecord(this, 'http.response', this.describeResponse), 1024);
    }

    describeResponse() {
        const headers = this.answerHeaders();
        this.responseHeaders = headers.pairs;
        const told = shared.capture === 'metadata' ? '' : `,"headers":[${headers.text}]`;
        const connection = this.connection === undefined ? '' : `,"connection":${this.connection}`;
        return `"status":${this.status},"version":"${this.version}"${told},"timings":{${this.told().slice(0, -1)}}${connection}`;
    }

    /// Those of the last answer to the same, if they were the same.
    answerHeaders() {
        const { raw, pairs } = this;
        this.raw = null;
        const last = answers.get(this.url);
        if (last !== undefined && isSame(raw, last.raw)) { return last.headers; }
        const headers = new Headers(pairs(raw));
        if (typeof raw[0] === 'string' && raw.length <= 40 && !headers.isSecret) {
            if (answers.size >= MAX_ANSWERS) { answers.clear(); }
            answers.set(this.url, { raw, headers });
        }
        return headers;
    }

    /// `http.end`, once; later ends are ignored.
    ended(outcome, error, phase) {
        if (this.isEnded) { return; }
        this.isEnded = true;
        if (this.isOpen) { shared.inFlight -= 1; }
        this.end = this.since();
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
        let bodies = '';
        if (request.size > 0) { bodies = `"request":${described(request, this.requestHeaders, limit, this.secret)}`; }
        if (response.size > 0) {
            const body = described(response, this.responseHeaders, limit, this.secret);
            bodies += `${bodies === '' ? '' : ','}"response":${body}`;
        }
        request.chunks = response.chunks = [];
        return `"outcome":"${this.outcome}"${error ? this.explained(error) : ''},"timings":{${this.told()}"end":${this.end}},`
            + `"sizes":{"request":${request.size},"response":${response.size}},"bodies":{${bodies}}`;
    }

    explained(error) {
        try {
            return members({
                phase: this.phase,
                code: typeof error.code === 'string' ? error.code : undefined,
                message: redactURL(String(error.message ?? error).slice(0, 1024 + SLACK)).slice(0, 1024),
            });
        } catch {
            // It cannot be read.
            return members({ phase: this.phase });
        }
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
            : !this.isConnected || error?.syscall === 'connect' ? 'connect'
            : !this.isSecured ? 'tls'
            : !this.isSent && this.status === 0 ? 'send' : 'receive';
        this.ended('error', error ?? { message: timeout ? 'timed out' : 'connection closed' }, phase);
    }
}

/// Lists of strings.
function isSame(list, other) {
    if (list.length !== other.length) { return false; }
    for (let i = 0; i < list.length; i += 1) {
        if (list[i] !== other[i]) { return false; }
    }
    return true;
}

/// A call that nobody made, made into lines that nobody gets: while a process starts, what the first call needs is
/// compiled, of which a function with little of a core would feel every millisecond.
function rehearse() {
    const { send } = shared;
    const pairs = (raw) => [raw];
    shared.send = (record) => record.render();
    try {
        const call = new Call('node:http', 'POST', 'localhost');
        call.invocation = '';
        call.request.add('{}');
        call.opened('http://localhost/', () => new Headers([['Content-Type', 'application/json']]), true);
        call.mark('connect');
        call.responded(200, '1.1', ['Content-Type', 'application/json'], pairs);
        call.response.add(Buffer.from('{"a":"b"}'));
        call.ended('complete');
    } finally {
        shared.send = send;
        counter = 0;
        history.clear();
        answers.clear();
        remembered = 0;
    }
}

/// What there was of a method and URL in an invocation, and what its records begin with.
class Past {
    constructor(method, url) {
        const subject = quoted(method).slice(1, -1);
        this.begin = flat(`"method":"${subject}","url":"${url}"`);
        this.key = flat(`,"matchKey":"${subject} ${url} `);
        this.counts = new Map();
        this.attempt = 0;
        this.failed = false;
    }

    /// Which one with this body it is.
    counted(hash) {
        const count = this.counts.get(hash) ?? 0;
        if (count === 0) { remembered += 1; }
        this.counts.set(hash, count + 1);
        return count + 1;
    }
}

function pastOf(method, target, invocation) {
    if (remembered > MAX_REMEMBERED) {
        history.clear();
        remembered = 0;
    }
    const key = `${method} ${target.url} ${invocation ?? ''}`;
    let entry = history.get(key);
    if (entry === undefined) {
        entry = new Past(method, target.text);
        history.set(key, entry);
        remembered += target.url.length >> 6;
    }
    return entry;
}

module.exports = { begin, clock, guarded, rehearse, shared, ms, now };
