'use strict';

// node:http2, client side: each stream of a session is a call. Once the program has loaded it, the prototype of its
// sessions, which the module does not export, is learned while the first one is made, before that can send a request:
// sessions are made right after their socket has begun to connect, or within `connect`.

const { begin } = require('./calls.cjs');
const { Headers } = require('./lines.cjs');
const { makeMark } = require('./marks.cjs');
const { define, patch, patchEmit } = require('./patch.cjs');
const { guarded, natives: { EventEmitter } } = require('./shared.cjs');
const { owned } = require('./undici.cjs');

/// Stream → its call.
const calls = makeMark();
/// Session → its calls that wait for it to be connected.
const waiting = makeMark();
const patched = new WeakSet();
const started = new WeakSet();

function own(object, description) {
    const key = Object.getOwnPropertySymbols(object).find((symbol) => symbol.description === description);
    return key === undefined ? undefined : object[key];
}

function watchSessions(prototype) {
    const { request } = prototype;
    define(prototype, 'request', { request(...args) {
        const call = guarded(() => beginOn(this, args[0])) ?? null;
        const stream = request.apply(this, args);
        if (call !== null) { guarded(() => watch(call, this, stream, args[0])); }
        return stream;
    } }.request);
}

function beginOn(session, headers) {
    const socket = own(session, 'socket');
    if (socket !== undefined && owned.has(socket)) { return null; }
    return begin('node:http2', valueOf(headers, ':method') ?? 'GET', authorityOf(session, headers));
}

function valueOf(headers, name) {
    if (!Array.isArray(headers)) { return headers?.[name]; }
    const at = headers.indexOf(name);
    return at % 2 === 0 ? headers[at + 1] : undefined;
}

function authorityOf(session, headers) {
    return String(valueOf(headers, ':authority') ?? own(session, 'authority') ?? '');
}

function watch(call, session, stream, headers) {
    const sent = stream.sentHeaders ?? headers ?? {};
    const scheme = sent[':scheme'] ?? (session.encrypted ? 'https' : 'http');
    const authority = sent[':authority'] ?? authorityOf(session, headers);
    const url = call.method === 'CONNECT' ? `http://${authority}` : `${scheme}://${authority}${sent[':path'] ?? '/'}`;
    calls.set(stream, call);
    call.isConnected = !session.connecting;
    call.isSent = stream.writableEnded;
    call.hasAll = false;
    call.url = url;
    call.sent = pairs(sent);
    const prototype = Object.getPrototypeOf(stream);
    if (!patched.has(prototype)) {
        patched.add(prototype);
        watchStreams(prototype);
    }
    if (session.connecting) {
        const others = waiting.of(session);
        if (others !== undefined) { others.push(call); } else { awaitConnection(session, call); }
    }
    if (stream.writableEnded) { open(call, true); }
}

/// One listener for all calls: Node warns of more than ten.
function awaitConnection(session, first) {
    const all = [first];
    waiting.set(session, all);
    session.once('connect', () => guarded(() => {
        for (const call of all.splice(0)) {
            call.isConnected = true;
            call.mark(session.encrypted ? 'tls' : 'connect');
        }
    }));
}

function pairs(headers) {
    const result = [];
    for (const name of Object.keys(headers)) {
        if (name.startsWith(':')) { continue; }
        for (const value of [headers[name]].flat()) { result.push([name, String(value)]); }
    }
    return result;
}

function rawPairs(raw) {
    const result = [];
    for (let i = 0; i + 1 < raw.length; i += 2) {
        if (!raw[i].startsWith(':')) { result.push([raw[i], raw[i + 1]]); }
    }
    return result;
}

function headersOf(sent) {
    return new Headers(sent);
}

function open(call, isWhole) {
    if (!call.isOpen) { call.opened(call.url, call.sent, headersOf, isWhole); }
}

function watchStreams(prototype) {
    const opened = (isWhole) => (stream) => {
        const call = calls.of(stream);
        if (call) { open(call, isWhole); }
    };
    patch(prototype, 'write', written, opened(false));
    patch(prototype, 'end', written, opened(true));
    patch(prototype, 'close', (stream) => leave(stream));
    patch(prototype, 'destroy', (stream, error) => leave(stream, error));
    patchEmit(prototype, new Set(['ready', 'response', 'finish', 'timeout', 'end', 'error', 'close']), calls, heard,
        (call) => call.isEnded);
    const { push } = prototype;
    define(prototype, 'push', function (chunk, encoding) {
        const call = calls.of(this);
        if (call) {
            if (chunk === null) { call.hasAll = true; } else { guarded(() => call.response.add(chunk, encoding)); }
        }
        return push.call(this, chunk, encoding);
    });
}

function written(stream, chunk, encoding) {
    const call = calls.of(stream);
    if (!call || stream.writableEnded || stream.destroyed || typeof chunk === 'function') { return; }
    call.request.add(chunk, encoding);
}

/// Closing or destroying a stream that is not done is the program's doing, unless a session that fails does it.
function leave(stream, error) {
    const call = calls.of(stream);
    if (!call || error?.code?.startsWith('ERR_HTTP2_') || stream.session?.destroyed || stream.closed) { return; }
    call.isLeft = true;
}

/// What a stream says of itself, before any listener hears it.
function heard(call, stream, event, first, _, raw) {
    switch (event) {
    case 'ready':
        connected(call, stream);
        break;
    case 'response':
        open(call, false);
        connected(call, stream);
        call.responded(first[':status'], '2', Array.isArray(raw) ? rawPairs(raw) : pairs(first), (all) => all);
        break;
    case 'finish':
        call.isSent = true;
        break;
    case 'timeout':
        call.hasTimedOut = true;
        break;
    case 'end':
        if (call.status !== 0 && stream.rstCode === 0) { call.ended('complete'); }
        break;
    case 'error':
        fail(call, stream, first);
        break;
    case 'close':
        if (call.status !== 0 && call.hasAll && stream.rstCode === 0) {
            open(call, false);
            call.ended(stream.readableLength > 0 ? 'unread' : 'complete');
        } else {
            fail(call, stream, undefined);
        }
        break;
    }
}

function fail(call, stream, error) {
    open(call, false);
    // The stream is only told that its session has gone; why is the cause.
    const reason = error?.code === 'ERR_HTTP2_STREAM_CANCEL' && error.cause?.code ? error.cause : error;
    const reset = reason === undefined && stream.rstCode > 0
        ? { code: `RST_${stream.rstCode}`, message: `the peer reset the stream with code ${stream.rstCode}` } : reason;
    call.failed(call.isLeft ? error : reset, call.isLeft);
}

function connected(call, stream) {
    if (call.connection !== undefined) { return; }
    const { session } = stream;
    const socket = session === undefined ? undefined : own(session, 'socket');
    if (socket === undefined) { return; }
    call.isConnected = true;
    call.connected(socket, started.has(session));
    started.add(session);
}

let isLearned = false;
let isLost = false;
let isExpected = false;

/// How many expect a session now: however many connect at once, `EventEmitter.init` is replaced once.
let expecting = 0;
let restore = () => {};

/// Until the function that is returned is called, the first session that is made shows its prototype.
function expectSession() {
    if (expecting === 0) { restore = replaceInit(); }
    expecting += 1;
    return () => {
        expecting -= 1;
        if (expecting === 0) { restore(); }
    };
}

function replaceInit() {
    const { init } = EventEmitter;
    const learning = function (options) {
        init.call(this, options);
        if (!isLearned) { guarded(learn, this); }
    };
    EventEmitter.init = learning;
    return () => {
        // Somebody else has put something before it meanwhile, as `domain` does: it stays where it is, and is the last one.
        if (EventEmitter.init === learning) { EventEmitter.init = init; } else { isLost = true; }
    };
}

function learn(emitter) {
    const prototype = Object.getPrototypeOf(emitter);
    if (prototype?.constructor?.name !== 'ClientHttp2Session') { return; }
    isLearned = true;
    watchSessions(prototype);
}

/// Sessions that take a socket which has long been connected do so in `connect`.
function expectConnect() {
    const http2 = require('http2');
    const { connect } = http2;
    http2.connect = { connect(...args) {
        const done = isLearned || isLost ? () => {} : expectSession();
        try { return connect.apply(this, args); } finally { done(); }
    } }.connect;
    // There is a form of it for `promisify`.
    Object.defineProperties(http2.connect, Object.getOwnPropertyDescriptors(connect));
}

/// A socket of a program that has http2 begins to connect.
function connecting() {
    if (isLearned || isLost) { return; }
    if (!isExpected) {
        isExpected = true;
        expectConnect();
    }
    process.nextTick(expectSession());
}

module.exports = { connecting };
