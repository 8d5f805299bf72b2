'use strict';

// Patches as msw's interceptors do from 0.42 on: ClientRequest is a proxy, request, get and fetch run in an async context of
// their own, and every socket of the process is watched: what is written first tells a request, which is shown to listeners
// and answered or passed on. Without SEES=all only what http and fetch began is shown, by the context of a connection's first write.

const { AsyncLocalStorage } = require('async_hooks');
const http = require('http');
const https = require('https');
const net = require('net');

const context = new AsyncLocalStorage();
const seen = globalThis.spans = [];

function redefine(object, name, value) {
    Object.defineProperty(object, name, { value, configurable: true, enumerable: true });
}

redefine(http, 'ClientRequest', new Proxy(http.ClientRequest, {
    construct: (target, args, made) => context.run('http', () => Reflect.construct(target, args, made)),
}));
for (const module of [http, https]) {
    for (const name of ['request', 'get']) {
        const original = module[name];
        redefine(module, name, (...args) => context.run('http', () => original(...args)));
    }
}
const { fetch } = globalThis;
redefine(globalThis, 'fetch', (input, init) => {
    const request = new Request(input, init);
    return context.run('fetch', () => fetch(request));
});

const { addRequest } = http.Agent.prototype;
redefine(http.Agent.prototype, 'addRequest', function (...args) { return addRequest.apply(this, args); });

const { connect } = net.Socket.prototype;
redefine(net.Socket.prototype, 'connect', function (...args) {
    let by = context.getStore();
    let isFirst = true;
    const { _writeGeneric: write } = this;
    let isMocked = false;
    this._writeGeneric = (many, data, encoding, done) => {
        const [method, target] = String(many ? data[0].chunk : data).split(' ');
        if (http.METHODS.includes(method)) {
            // As theirs: the first write decides for all requests of a connection.
            if (isFirst) { by = context.getStore() ?? by; }
            isFirst = false;
            if (by !== undefined || process.env.SEES === 'all') { seen.push([by, method, target]); }
            isMocked = target.includes('mocked');
            if (isMocked) { answer(this); }
        }
        if (isMocked) { done(); } else { write.call(this, many, data, encoding, done); }
    };
    return connect.apply(this, args);
});

function answer(socket) {
    const respond = () => setImmediate(() => socket.push('HTTP/1.1 299 mocked\r\nContent-Length: 6\r\n\r\nmocked'));
    if (socket.connecting) { socket.once('connect', respond); } else { respond(); }
}
