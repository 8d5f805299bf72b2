'use strict';

// Patches as the X-Ray SDK's captureHTTPsGlobal does: request and get are replaced in place, the trace header goes into
// the options, and emit of each request is listened to.

const http = require('http');
const https = require('https');

const subsegments = globalThis.subsegments = [];

for (const module of [http, https]) {
    const { request } = module;
    const capture = function (...args) {
        const at = args.findIndex((one) => typeof one === 'object' && !(one instanceof URL));
        const options = { ...(args[at] ?? {}) };
        if (!Array.isArray(options.headers)) {
            options.headers = { ...options.headers, 'X-Amzn-Trace-Id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1' };
        }
        const passed = at >= 0 ? args.with?.(at, options) ?? args.map((one, i) => (i === at ? options : one)) : [args[0], options, ...args.slice(1)];
        const subsegment = {};
        subsegments.push(subsegment);
        const made = request.apply(this, passed);
        const { emit } = made;
        made.emit = function (event, value) {
            if (event === 'response') { subsegment.status = value.statusCode; }
            if (event === 'error') { subsegment.error = value.code; }
            return emit.apply(this, arguments);
        };
        return made;
    };
    module.request = capture;
    module.get = (...args) => {
        const made = capture(...args);
        made.end();
        return made;
    };
}
