'use strict';

// Patches as OpenTelemetry's instrumentations of http and undici do with its AsyncLocalStorage context manager: the functions
// that make requests are redefined, what they are given goes on as one object with a header in it, and requests and responses
// get methods of their own, which call each listener in the context that the call was made in. Spans are listeners, of
// errors by the monitor. fetch is followed by diagnostics channels.

const channels = require('diagnostics_channel');
const { AsyncLocalStorage } = require('async_hooks');
const { errorMonitor } = require('events');
const http = require('http');
const https = require('https');
const { urlToHttpOptions } = require('url');

const context = new AsyncLocalStorage();
const spans = globalThis.spans = [];
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

function bind(emitter, store) {
    const bound = new WeakMap();
    let isOnce = false;
    for (const name of ['addListener', 'on', 'once', 'prependListener', 'prependOnceListener']) {
        const add = emitter[name];
        emitter[name] = function (event, listener) {
            // `once` adds a listener of its own by `on`.
            if (isOnce) { return add.call(this, event, listener); }
            const inside = function (...args) { return context.run(store, () => listener.apply(this, args)); };
            bound.set(listener, inside);
            isOnce = true;
            try { return add.call(this, event, inside); } finally { isOnce = false; }
        };
    }
    for (const name of ['off', 'removeListener']) {
        const remove = emitter[name];
        emitter[name] = function (event, listener) { return remove.call(this, event, bound.get(listener) ?? listener); };
    }
}

function follow(span, made) {
    made.prependListener('response', (response) => {
        // As theirs: without another listener, the body is not to be held.
        if (made.listenerCount('response') <= 1) { response.resume(); }
        span.status = response.statusCode;
        bind(response, context.getStore());
        response.on('end', () => { span.ended ??= 'end'; });
        response.on(errorMonitor, (error) => { span.ended ??= error.code; });
    });
    made.on('close', () => { span.ended ??= 'close'; });
    made.on(errorMonitor, (error) => { span.ended ??= error.code; });
}

for (const module of [http, https]) {
    const original = module.request;
    const request = function (input, ...rest) {
        const parent = context.getStore();
        const span = { name: 'http', parent: parent?.name };
        spans.push(span);
        const from = typeof input === 'string' ? new URL(input) : input;
        const options = from instanceof URL ? urlToHttpOptions(from) : { ...from };
        if (typeof rest[0] === 'object') { Object.assign(options, rest.shift()); }
        options.headers = { ...options.headers, traceparent };
        return context.run(span, () => {
            const callback = rest[0];
            if (callback !== undefined) { rest[0] = function (...args) { return context.run(parent, () => callback.apply(this, args)); }; }
            const made = original.call(this, options, ...rest);
            bind(made, parent);
            follow(span, made);
            return made;
        });
    };
    const get = (...args) => {
        const made = request(...args);
        made.end();
        return made;
    };
    for (const [name, value] of [['request', request], ['get', get]]) {
        Object.defineProperty(module, name, { value, configurable: true, enumerable: true, writable: true });
    }
}

const followed = new WeakMap();
const subscribe = (name, look) => channels.subscribe(`undici:${name}`, ({ request, ...rest }) => look(request, followed.get(request), rest));
subscribe('request:create', (request) => {
    const span = { name: 'undici' };
    spans.push(span);
    followed.set(request, span);
    if (typeof request.addHeader === 'function') { request.addHeader('traceparent', traceparent); }
    else if (Array.isArray(request.headers)) { request.headers.push('traceparent', traceparent); }
});
subscribe('client:sendHeaders', (_, span, { socket }) => { span.peer = socket.remoteAddress; });
subscribe('request:headers', (_, span, { response }) => { span.status = response.statusCode; });
subscribe('request:trailers', (_, span) => { span.ended = 'end'; });
subscribe('request:error', (_, span, { error }) => { span.ended = error.code; });
