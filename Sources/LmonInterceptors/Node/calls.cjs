'use strict';

// One outgoing call, from its first sign to its end, and the records that tell of it.

const { Capture, SLACK, described } = require('./bodies.cjs');
const { Headers, flat, invocationMember, members, targetOf, timestamp } = require('./lines.cjs');
const { makeMark } = require('./marks.cjs');
const { forget, pastOf } = require('./past.cjs');
const { redactText, redactURL } = require('./redaction.cjs');
const { clock, ms, natives: { pid }, now, shared } = require('./shared.cjs');

const invocationKey = Symbol.for('lmon.invocation');
const loaded = clock();

let counter = 0;
/// The headers of the last answers, raw and as they are told.
const answers = [];
const MAX_ANSWERS = 8;
let nextAnswer = 0;
const unnamed = {};
let sockets = 0;
/// Socket → what is told of its connection.
const connections = makeMark();

function currentInvocation() {
    const own = globalThis[invocationKey]?.getStore?.();
    if (own !== undefined) { return own; }
    const id = globalThis.awslambda?.InvokeStore?.getRequestId?.();
    // Outside of any, Lambda's says so; AWS's SDK brings one that nobody fills along.
    return typeof id === 'string' && id !== '-' ? id : undefined;
}

function isIgnored(written) {
    const host = written.toLowerCase();
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
    /// `step`: of the call's way, one of `steps`.
    constructor(call, step) {
        this.call = call;
        this.step = step;
        /// Since the load: a small number is nothing to collect.
        this.at = clock() - loaded;
    }

    render() {
        const { call } = this;
        const { type, describe } = steps[this.step];
        const text = `{"type":"${type}","time":"${timestamp(loaded + this.at)}",${call.lead()}${describe(call)}}`;
        return call.isProvisional ? `${text},"ifFailed":true}` : `${text}}`;
    }
}

const OPENED = 0;
const RESPONDED = 1;
const ENDED = 2;
const steps = [
    { type: 'http.request', describe: (call) => call.describeRequest() },
    { type: 'http.response', describe: (call) => call.describeResponse() },
    { type: 'http.end', describe: (call) => call.describeEnd() },
];

function timing(name, at) {
    return at < 0 ? '' : `"${name}":${at / 1000},`;
}

class Call {
    constructor(client, method, host) {
        counter += 1;
        this.number = counter;
        this.client = client;
        this.method = method;
        this.host = host;
        this.invocation = currentInvocation();
        this.start = now();
        this.leading = '';
        this.url = '';
        this.isWhole = false;
        this.sent = null;
        this.headersOf = null;
        this.requestHeaders = null;
        this.responseHeaders = null;
        // The headers of the answer; or as they came, and what makes them pairs, until they are told.
        this.answer = undefined;
        this.raw = null;
        this.pairs = null;
        this.status = 0;
        this.version = '';
        // Microseconds from the start, or less than none: whole numbers are nothing to collect.
        this.dns = -1;
        this.connect = -1;
        this.tls = -1;
        this.firstByte = -1;
        this.end = -1;
        /// As JSON.
        this.connection = undefined;
        /// Whether bodies are told for the case that the invocation fails.
        this.isProvisional = false;
        /// Until it is known what is asked for.
        this.secret = true;
        this.past = null;
        this.isOpen = false;
        this.isInFlight = false;
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
            this.leading = flat(`${invocationMember(this.invocation)}"record":{"callId":"${pid}-${shared.thread}-${this.number}",`);
        }
        return this.leading;
    }

    since(moment = now()) {
        return Math.round(Math.max(0, moment - this.start) * 1000);
    }

    /// `name`: `dns`, `connect`, or `tls`.
    mark(name, moment) {
        this[name] = this.since(moment);
    }

    /// Members of `timings`, each with a comma after it: those before the first byte.
    early() {
        return timing('dns', this.dns) + timing('connect', this.connect) + timing('tls', this.tls);
    }

    /// `http.request`. `headersOf` makes the headers of `sent`, later; `isWhole` if the body is already known.
    opened(url, sent, headersOf, isWhole) {
        this.isOpen = true;
        this.isInFlight = true;
        shared.inFlight += 1;
        this.url = url;
        this.sent = sent;
        this.headersOf = headersOf;
        this.isWhole = isWhole && this.request.size > 0;
        shared.send(new CallRecord(this, OPENED), 1024);
    }

    describeRequest() {
        const headers = this.headersOf(this.sent);
        this.sent = null;
        this.requestHeaders = headers.pairs;
        const target = targetOf(this.url);
        const aws = target.isPlain && headers.isPlain ? unnamed
            : require('./aws.cjs').nameAWS(this.method, this.url, headers.pairs, this.request);
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
            const remote = typeof address !== 'string' ? ''
                : address.includes(':') ? `,"remote":"[${address}]:${port}"` : `,"remote":"${address}:${port}"`;
            const id = `"id":"${pid}-${shared.thread}-${sockets}"`;
            known = `{${id},"reused":true${remote}}`;
            connections.set(socket, known);
            if (!reused) { known = `{${id},"reused":false${remote}}`; }
        }
        this.connection = known;
    }

    /// `http.response`: the headers are here, to be made pairs by `pairs`. A list is copied, unless another answer had the
    /// same; anything else must not change.
    responded(status, version, raw, pairs) {
        if (this.isEnded) { return; }
        this.status = Number(status) || 0;
        this.version = version;
        this.firstByte = this.since();
        this.answer = answered(raw);
        if (this.answer === undefined) {
            this.raw = Array.isArray(raw) ? raw.slice() : raw;
            this.pairs = pairs;
        }
        shared.send(new CallRecord(this, RESPONDED), 1024);
    }

    describeResponse() {
        const headers = this.answerHeaders();
        this.responseHeaders = headers.pairs;
        const told = shared.capture === 'metadata' ? '' : `,"headers":[${headers.text}]`;
        const connection = this.connection === undefined ? '' : `,"connection":${this.connection}`;
        const timings = `${this.early()}"firstByte":${this.firstByte / 1000}`;
        return `"status":${this.status},"version":"${this.version}"${told},"timings":{${timings}}${connection}`;
    }

    answerHeaders() {
        const { raw, pairs } = this;
        this.raw = null;
        const known = this.answer ?? answered(raw);
        if (known !== undefined) { return known; }
        const headers = new Headers(pairs(raw));
        if (typeof raw[0] === 'string' && raw.length <= 40 && !headers.isSecret) {
            answers[nextAnswer] = { raw, headers };
            nextAnswer = (nextAnswer + 1) % MAX_ANSWERS;
        }
        return headers;
    }

    /// It is not in flight any more. Of an answer that nobody reads the end may never be told.
    left() {
        if (!this.isInFlight) { return; }
        this.isInFlight = false;
        shared.inFlight -= 1;
    }

    /// `http.end`, once; later ends are ignored.
    ended(outcome, error, phase) {
        if (this.isEnded) { return; }
        this.isEnded = true;
        this.left();
        this.end = this.since();
        this.outcome = outcome;
        this.error = error;
        this.phase = phase;
        const { request, response } = this;
        shared.send(new CallRecord(this, ENDED), 512 + request.text.length + response.text.length);
    }

    describeEnd() {
        const { error, request, response } = this;
        const failed = this.outcome === 'error' || this.status >= 400;
        if (this.past !== null) { this.past.failed = failed && (this.status < 400 || this.status >= 429); }
        const { capture } = shared;
        // What went well is told as well: the agent keeps it if the invocation fails.
        this.isProvisional = capture === 'errors' && !failed && this.invocation !== undefined && request.size + response.size > 0;
        const wanted = capture === 'all' || capture === 'bodies' || (capture === 'errors' && failed) || this.isProvisional;
        const limit = wanted ? shared.limit : 0;
        let bodies = '';
        if (request.size > 0) { bodies = `"request":${described(request, this.requestHeaders, limit, this.secret)}`; }
        if (response.size > 0) {
            // Without headers it is not known how it is packed: what may be in it is not seen.
            const isSecret = this.secret || this.responseHeaders === null;
            const body = described(response, this.responseHeaders, limit, isSecret);
            bodies += `${bodies === '' ? '' : ','}"response":${body}`;
        }
        request.text = response.text = '';
        const timings = this.early() + timing('firstByte', this.firstByte);
        return `"outcome":"${this.outcome}"${error ? this.explained(error) : ''},"timings":{${timings}"end":${this.end / 1000}},`
            + `"sizes":{"request":${request.size},"response":${response.size}},"bodies":{${bodies}}`;
    }

    explained(error) {
        try {
            return members({
                phase: this.phase,
                code: typeof error.code === 'string' ? redactURL(error.code.slice(0, 64)) : undefined,
                // It may quote a URL, or what the server said.
                message: redactText(redactURL(String(error.message ?? error).slice(0, 1024 + SLACK))).slice(0, 1024),
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

/// The headers of an answer that had the same ones.
function answered(raw) {
    for (const answer of answers) {
        if (isSame(raw, answer.raw)) { return answer.headers; }
    }
    return undefined;
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
        call.opened('http://localhost/', [['Content-Type', 'application/json']], (sent) => new Headers(sent), true);
        call.mark('connect');
        call.responded(200, '1.1', ['Content-Type', 'application/json'], pairs);
        call.response.add(Buffer.from('{"a":"b"}'));
        call.ended('complete');
    } finally {
        shared.send = send;
        counter = 0;
        forget();
        answers.length = nextAnswer = 0;
    }
}

module.exports = { begin, rehearse };
