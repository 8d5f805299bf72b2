'use strict';

// node:http and node:https. The prototypes are patched, not the functions that make requests: this reaches ESM imports,
// subclasses and agents alike, adds no listener to a request, and changes nothing that a program can see.

const EventEmitter = require('events');
const http = require('http');
const { Readable } = require('stream');
const { begin, guarded } = require('./calls.cjs');
const { define, patch, patchEmit } = require('./patch.cjs');

/// Request → its call, or null if it is not watched.
const calls = new WeakMap();
/// Response → its call.
const responses = new WeakMap();
/// Request → port, as only the agent is told.
const ports = new WeakMap();
const states = new WeakMap();

/// The call of a request, which starts when it is first seen.
function callOf(request) {
    const known = calls.get(request);
    if (known !== undefined) { return known; }
    const isSecure = request.protocol === 'https:';
    const call = begin(isSecure ? 'node:https' : 'node:http', request.method, hostOf(request)) ?? null;
    calls.set(request, call);
    if (call !== null) {
        states.set(call, { connected: false, secured: !isSecure, sent: false, timedOut: false, destroyed: false, reason: null });
    }
    return call;
}

function hostOf(request) {
    const port = ports.get(request);
    const header = request.getHeader?.('host');
    if (port === undefined && header !== undefined) { return String(header); }
    const name = request.host?.includes(':') ? `[${request.host}]` : request.host;
    const usual = request.protocol === 'https:' ? 443 : 80;
    return port === undefined || Number(port) === usual ? name : `${name}:${port}`;
}

function urlOf(request) {
    const { path } = request;
    if (request.method === 'CONNECT') { return `http://${path}`; }
    return path.includes('://') && !path.startsWith('/') ? path : `${request.protocol}//${hostOf(request)}${path}`;
}

/// Headers as they go over the wire; before they do, as the program set them.
function headersOf(request) {
    const headers = [];
    if (typeof request._header === 'string') {
        const lines = request._header.split('\r\n');
        for (let i = 1; i < lines.length; i += 1) {
            const colon = lines[i].indexOf(': ');
            if (colon > 0) { headers.push([lines[i].slice(0, colon), lines[i].slice(colon + 2)]); }
        }
        return headers;
    }
    for (const name of request.getRawHeaderNames?.() ?? request.getHeaderNames()) {
        for (const value of [request.getHeader(name)].flat()) { headers.push([name, String(value)]); }
    }
    return headers;
}

function open(call, request, isWhole) {
    if (!call.isOpen) { call.opened(urlOf(request), headersOf(request), isWhole); }
}

function pairs(raw) {
    const headers = [];
    for (let i = 0; i + 1 < raw.length; i += 2) { headers.push([raw[i], raw[i + 1]]); }
    return headers;
}

/// What a request says of itself, before any listener hears it.
function heard(call, request, event, argument) {
    const state = states.get(call);
    switch (event) {
    case 'socket':
        watch(call, state, argument, request.reusedSocket);
        break;
    case 'continue':
    case 'finish':
        open(call, request, false);
        state.sent = event === 'finish';
        break;
    case 'response':
    case 'connect':
    case 'upgrade':
        open(call, request, false);
        if (call.connection === undefined && request.socket) { call.connected(request.socket, request.reusedSocket); }
        call.responded(argument.statusCode, argument.httpVersion, pairs(argument.rawHeaders));
        if (event === 'response') { responses.set(argument, call); } else { call.ended('complete'); }
        break;
    case 'timeout':
        state.timedOut = true;
        break;
    case 'error':
        open(call, request, false);
        call.failed(state.reason ?? argument, state.destroyed, state);
        break;
    case 'close':
        if (call.status === 0) {
            open(call, request, false);
            call.failed(state.reason, state.destroyed, state);
        }
        break;
    }
}

function watch(call, state, socket, isReused) {
    const isReady = !socket.connecting && (!socket.encrypted || socket.secureConnecting === false);
    if (isReused || isReady) {
        state.connected = true;
        state.secured = true;
        call.connected(socket, isReused || false);
        return;
    }
    const note = (event, name, then) => socket.once(event, () => {
        call.mark(name);
        then();
    });
    note('lookup', 'dns', () => {});
    note('connect', 'connect', () => {
        state.connected = true;
        call.connected(socket, false);
    });
    if (!state.secured) { note('secureConnect', 'tls', () => { state.secured = true; }); }
}

/// What a response says of itself.
function received(call, response, event, argument) {
    if (call.isEnded) { return; }
    const request = response.req;
    const state = request === undefined ? undefined : states.get(calls.get(request));
    switch (event) {
    case 'end':
        call.ended(response._dumped ? 'unread' : 'complete');
        break;
    case 'aborted':
    case 'error':
    case 'close':
        call.failed(state?.reason ?? response.errored ?? argument,
            state?.destroyed || (!response.errored && argument === undefined), { ...state, sent: true });
        break;
    }
}

function write(request, [chunk, encoding]) {
    const call = callOf(request);
    if (call === null || request.finished || request.destroyed || typeof chunk === 'function') { return; }
    call.request.add(chunk, encoding);
}

function opened(request, isWhole) {
    const call = calls.get(request);
    if (call) { open(call, request, isWhole); }
}

/// Node's own prototype: whoever patched before us may have put a subclass in its place.
function original(made, base) {
    let at = made.prototype;
    while (at !== null && Object.getPrototypeOf(at) !== base.prototype) { at = Object.getPrototypeOf(at); }
    return at ?? made.prototype;
}

function install() {
    const request = original(http.ClientRequest, http.OutgoingMessage);
    const response = original(http.IncomingMessage, Readable);
    patch(original(http.Agent, EventEmitter), 'addRequest', (_, [made, options]) => {
        if (options?.port !== undefined && options.socketPath === undefined) { ports.set(made, options.port); }
        callOf(made);
    });
    patch(request, 'write', write, (made) => opened(made, false));
    patch(request, 'end', write, (made) => opened(made, true));
    patch(request, 'flushHeaders', callOf, (made) => opened(made, false));
    patch(request, 'destroy', (made, [reason]) => {
        const call = callOf(made);
        const state = call === null ? null : states.get(call);
        if (state === null || state.destroyed || call.isEnded) { return; }
        state.destroyed = true;
        state.reason = reason ?? null;
    });
    patchEmit(request, new Set(['socket', 'continue', 'finish', 'response', 'connect', 'upgrade', 'timeout', 'error', 'close']),
        calls, heard);
    patchEmit(response, new Set(['end', 'aborted', 'error', 'close']), responses, received);
    const { push } = response;
    define(response, 'push', function (chunk, encoding) {
        const call = responses.get(this);
        if (call !== undefined && chunk !== null) { guarded(() => call.response.add(chunk, encoding)); }
        return push.call(this, chunk, encoding);
    });
}

module.exports = { install };
