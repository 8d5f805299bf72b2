'use strict';

// Calls of node:http and node:https: what hooks.cjs sees of their requests and responses.

const { begin } = require('./calls.cjs');
const { marks: { requests, responses } } = require('./hooks.cjs');
const { Headers, parsedHead } = require('./lines.cjs');
const { guarded } = require('./shared.cjs');

/// The call of a request, which starts when it is first seen. `port`: as only the agent is told.
function callOf(request, port) {
    const known = requests.of(request);
    if (known !== undefined) { return known; }
    const isSecure = request.protocol === 'https:';
    const call = begin(isSecure ? 'node:https' : 'node:http', request.method, hostOf(request, port)) ?? null;
    requests.set(request, call);
    if (call !== null) { call.isSecured = !isSecure; }
    return call;
}

function hostOf(request, port) {
    const header = request.getHeader?.('host');
    if (port === undefined && header !== undefined) { return String(header); }
    const name = request.host?.includes(':') ? `[${request.host}]` : request.host;
    const usual = request.protocol === 'https:' ? 443 : 80;
    return port === undefined || Number(port) === usual ? name : `${name}:${port}`;
}

function urlOf(request, host) {
    const { path } = request;
    if (request.method === 'CONNECT') { return `http://${path}`; }
    return path.includes('://') && !path.startsWith('/') ? path : `${request.protocol}//${host}${path}`;
}

/// The headers as they go over the wire, a head; before they do, as the program set them, pairs.
function sentBy(request) {
    if (typeof request._header === 'string') { return request._header; }
    const headers = [];
    for (const name of request.getRawHeaderNames?.() ?? request.getHeaderNames()) {
        for (const value of [request.getHeader(name)].flat()) { headers.push([name, String(value)]); }
    }
    return headers;
}

function headersOf(sent) {
    return typeof sent === 'string' ? parsedHead(sent.slice(sent.indexOf('\r\n') + 2), fromHead) : new Headers(sent);
}

function fromHead(head) {
    const headers = [];
    for (const line of head.split('\r\n')) {
        const colon = line.indexOf(': ');
        if (colon > 0) { headers.push([line.slice(0, colon), line.slice(colon + 2)]); }
    }
    return headers;
}

function open(call, request, isWhole) {
    if (!call.isOpen) { call.opened(urlOf(request, call.host), sentBy(request), headersOf, isWhole); }
}

function pairs(raw) {
    const headers = [];
    for (let i = 0; i + 1 < raw.length; i += 2) { headers.push([raw[i], raw[i + 1]]); }
    return headers;
}

/// What a request says of itself, before any listener hears it.
function heard(call, request, event, argument) {
    switch (event) {
    case 'socket':
        watch(call, argument, request.reusedSocket);
        break;
    case 'continue':
    case 'finish':
        open(call, request, false);
        call.isSent = event === 'finish';
        break;
    case 'response':
    case 'connect':
    case 'upgrade':
        open(call, request, false);
        if (call.connection === undefined && request.socket) { call.connected(request.socket, request.reusedSocket); }
        call.responded(argument.statusCode, argument.httpVersion, argument.rawHeaders, pairs);
        // A subclass may hand on another, made of what comes in this one.
        if (event === 'response') { responses.set(request.res ?? argument, call); } else { call.ended('complete'); }
        break;
    case 'timeout':
        call.hasTimedOut = true;
        break;
    case 'error':
        open(call, request, false);
        call.failed(call.reason ?? argument, call.isLeft);
        break;
    case 'close':
        if (call.status === 0) {
            open(call, request, false);
            call.failed(call.reason, call.isLeft);
        } else {
            call.left();
        }
        break;
    }
}

function watch(call, socket, isReused) {
    const isReady = !socket.connecting && (!socket.encrypted || socket.secureConnecting === false);
    if (isReused || isReady) {
        call.isConnected = true;
        call.isSecured = true;
        call.connected(socket, isReused || false);
        return;
    }
    const found = () => guarded(() => call.mark('dns'));
    socket.once('lookup', found);
    socket.once('connect', () => guarded(() => {
        // Where there was nothing to look up.
        socket.removeListener('lookup', found);
        call.mark('connect');
        call.isConnected = true;
        call.connected(socket, false);
    }));
    if (call.isSecured) { return; }
    socket.once('secureConnect', () => guarded(() => {
        call.mark('tls');
        call.isSecured = true;
    }));
}

/// What a response says of itself.
function received(call, response, event, argument) {
    if (event === 'end') {
        call.ended(response._dumped ? 'unread' : 'complete');
        return;
    }
    call.isSent = true;
    call.failed(call.reason ?? response.errored ?? argument, call.isLeft || (!response.errored && argument === undefined));
}

function write(request, chunk, encoding) {
    const call = callOf(request);
    if (call === null || request.finished || request.destroyed || typeof chunk === 'function') { return; }
    call.request.add(chunk, encoding);
}

function opened(request, isWhole) {
    const call = requests.of(request);
    if (call) { open(call, request, isWhole); }
}

function destroying(request, reason) {
    const call = callOf(request);
    if (call === null || call.isLeft || call.isEnded) { return; }
    call.isLeft = true;
    call.reason = reason ?? null;
}

function passed(call, chunk, encoding) {
    call.response.add(chunk, encoding);
}

module.exports = {
    added: (_, request, options) => { callOf(request, options?.socketPath === undefined ? options?.port : undefined); },
    destroying, finished: (request) => opened(request, true), flushing: (request) => { callOf(request); }, heard, passed, received, write,
    written: (request) => opened(request, false),
};
