'use strict';

// Patches as OpenTelemetry's instrumentations of http and undici do: the functions that make requests are replaced, spans
// are listeners on requests and responses, context is an AsyncLocalStorage, a header is added, and fetch is followed by
// diagnostics channels.

const channels = require('diagnostics_channel');
const http = require('http');
const https = require('https');
const { AsyncLocalStorage } = require('async_hooks');

const context = new AsyncLocalStorage();
const spans = globalThis.spans = [];

for (const module of [http, https]) {
    const { request } = module;
    module.request = function (...args) {
        const span = { name: 'http', parent: context.getStore() };
        spans.push(span);
        return context.run(span, () => {
            const made = request.apply(this, args);
            made.setHeader('traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
            made.prependListener('response', (response) => {
                // As theirs: without another listener, the body is not to be held.
                if (made.listenerCount('response') <= 1) { response.resume(); }
                span.status = response.statusCode;
                response.prependListener('end', () => { span.ended = true; });
            });
            made.once('error', (error) => { span.error = error.code; });
            return made;
        });
    };
    module.get = function (...args) {
        const made = module.request(...args);
        made.end();
        return made;
    };
}

channels.subscribe('undici:request:create', ({ request }) => {
    spans.push({ name: 'undici' });
    if (typeof request.addHeader === 'function') { request.addHeader('traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'); }
});
