'use strict';

// Calls of global fetch and every copy of undici, which publish a request when it is made. Its handler is replaced by one
// that looks and passes on. Dispatchers, agents and bodies are left alone.

const { begin } = require('./calls.cjs');
const { Headers, parsedHead } = require('./lines.cjs');
const { makeMark } = require('./marks.cjs');
const { guarded, now } = require('./shared.cjs');

/// Request → its call.
const calls = makeMark();
const connectedAt = makeMark();
/// Sockets whose requests are told of here, and not by http2.cjs.
const owned = new WeakSet();

function handlerKey(request) {
    return Object.getOwnPropertySymbols(request).find((symbol) => symbol.description === 'handler');
}

/// Headers that nobody else changes until they are told.
function copied(headers) {
    return typeof headers === 'string' ? headers : Array.isArray(headers) ? headers.slice() : { ...headers };
}

/// Any of undici's three forms, as pairs: text, a flat list, an object.
function pairs(headers) {
    const result = [];
    if (typeof headers === 'string') {
        for (const line of headers.split('\r\n')) {
            const colon = line.indexOf(': ');
            if (colon > 0) { result.push([line.slice(0, colon), line.slice(colon + 2)]); }
        }
    } else if (Array.isArray(headers)) {
        for (let i = 0; i + 1 < headers.length; i += 2) { push(result, headers[i], headers[i + 1]); }
    } else if (headers !== null && typeof headers === 'object') {
        for (const name of Object.keys(headers)) { push(result, name, headers[name]); }
    }
    return result;
}

function push(result, name, value) {
    for (const one of Array.isArray(value) ? value : [value]) { result.push([latin1(name), latin1(one)]); }
}

function latin1(value) {
    return typeof value === 'string' ? value : Buffer.isBuffer(value) ? value.toString('latin1') : String(value);
}

function created({ request }) {
    const key = handlerKey(request);
    const handler = request[key];
    if (typeof handler !== 'object' || handler === null) { return; }
    const origin = String(request.origin ?? '');
    const call = begin('node:undici', request.method, origin.slice(origin.indexOf('://') + 3));
    if (!call) { return; }
    calls.set(request, call);
    request[key] = tapped(handler, call);
    const body = request.body;
    const isWhole = body === null || body === undefined || body instanceof Uint8Array;
    // The body is seen as it is sent; only its hash is needed before.
    if (isWhole && body) { call.request.add(body); }
    // Text and lists are read when all have heard of the request, since tracers add to them. To an object, HTTP/2 adds.
    const { headers } = request;
    const isRead = typeof headers === 'string' || Array.isArray(headers);
    call.opened(origin + request.path, isRead ? request : { headers: copied(headers) }, headersOf, isWhole);
    call.isBodyKnown = isWhole;
}

function headersOf({ headers }) {
    return typeof headers === 'string' ? parsedHead(headers, pairs) : new Headers(pairs(headers));
}

function responded(call, status, headers) {
    if (status < 200 && status !== 101) { return; }
    call.responded(status, call.protocol ?? '1.1', Array.isArray(headers) ? headers : copied(headers), pairs);
}

/// What to look at before each method of a handler; both of undici's handler interfaces.
const looks = {
    onBodySent: (call, chunk) => { if (!call.isBodyKnown) { call.request.add(chunk); } },
    onHeaders: (call, status, headers) => responded(call, status, headers),
    onData: (call, chunk) => call.response.add(chunk),
    onComplete: (call) => call.ended('complete'),
    onError: (call, error) => call.failed(error, false),
    onUpgrade: (call, status, headers) => { responded(call, status, headers); call.ended('complete'); },
    onRequestUpgrade: (call, _, status, headers) => { responded(call, status, headers); call.ended('complete'); },
    onResponseStart: (call, _, status, headers) => responded(call, status, headers),
    onResponseData: (call, _, chunk) => call.response.add(chunk),
    onResponseEnd: (call) => call.ended('complete'),
    onResponseError: (call, _, error) => call.failed(error, false),
};
/// undici calls this only if it is there, and does nothing else if it is.
const optional = ['onBodySent'];

function tapped(handler, call) {
    const tap = {};
    const names = new Set(optional);
    for (let level = handler; level !== null && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
        for (const name of Object.getOwnPropertyNames(level)) { names.add(name); }
    }
    names.delete('constructor');
    for (const name of names) {
        const look = looks[name];
        if (look === undefined || (typeof handler[name] !== 'function' && !optional.includes(name))) {
            passOn(tap, handler, name);
            continue;
        }
        tap[name] = (...args) => {
            guarded(look, call, ...args);
            return handler[name]?.(...args);
        };
    }
    return tap;
}

function passOn(tap, handler, name) {
    if (typeof handler[name] === 'function') {
        tap[name] = (...args) => handler[name](...args);
        return;
    }
    Object.defineProperty(tap, name, {
        get: () => handler[name], set: (value) => { handler[name] = value; }, enumerable: true, configurable: true,
    });
}

function sending({ request, socket }) {
    const call = calls.of(request);
    if (call === undefined || !socket) { return; }
    call.isConnected = true;
    call.isSent = request.body === null || request.body === undefined;
    const since = connectedAt.of(socket);
    const isNew = since !== undefined && since.isNew && since.at >= call.start;
    if (isNew) { call.mark(socket.encrypted ? 'tls' : 'connect', since.at); }
    if (since !== undefined) { since.isNew = false; }
    if (socket.alpnProtocol === 'h2') { call.protocol = '2'; }
    call.connected(socket, since !== undefined && !isNew);
}

function connected({ socket }) {
    connectedAt.set(socket, { at: now(), isNew: true });
    owned.add(socket);
}

function sent({ request }) {
    const call = calls.of(request);
    if (call !== undefined) { call.isSent = true; }
}

module.exports = { connected, created, owned, sending, sent };
