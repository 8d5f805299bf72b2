'use strict';

// Patches as the X-Ray SDK's captureHTTPsGlobal and captureFetchGlobal do: request and get are each redefined in place, the
// trace header goes into the caller's own options, a callback of theirs stands before the program's, and errors are heard by
// the monitor; fetch sends a copy of the request. Context is by async hooks.

const { createHook } = require('async_hooks');
const { errorMonitor } = require('events');
const http = require('http');
const https = require('https');

const subsegments = globalThis.subsegments = [];
const header = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';

createHook({ init() {}, before() {}, after() {}, destroy() {} }).enable();

for (const module of [http, https]) {
    for (const name of ['request', 'get']) {
        const original = module[name];
        const capture = (...args) => {
            const hasURL = typeof args[1] === 'object';
            const [given, callback] = hasURL ? args.slice(1) : args;
            const options = typeof given === 'string' ? new URL(given) : given;
            options.headers ??= {};
            options.headers['X-Amzn-Trace-Id'] = header;
            const subsegment = {};
            subsegments.push(subsegment);
            const made = original(...(hasURL ? [args[0], { ...options }] : [options]), (response) => {
                response.on('end', () => { subsegment.status = response.statusCode; });
                if (typeof callback === 'function') { callback(response); }
                else if (response.req.listenerCount('response') === 0) { response.resume(); }
            });
            made.on(errorMonitor, (error) => { subsegment.error = error.code; });
            return made;
        };
        Object.defineProperty(module, name, { value: capture, configurable: true, enumerable: true, writable: true });
    }
}

const { fetch } = globalThis;
globalThis.fetch = async (...args) => {
    const request = typeof args[0] === 'object' ? args[0] : new Request(...args);
    request.headers.set('X-Amzn-Trace-Id', header);
    const subsegment = {};
    subsegments.push(subsegment);
    try {
        const response = await fetch(request.clone());
        subsegment.status = response.status;
        return response;
    } catch (error) {
        subsegment.error = error.cause?.code;
        throw error;
    }
};
