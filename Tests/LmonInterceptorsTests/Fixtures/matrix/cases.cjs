'use strict';

// The cases of the matrix: what is done, and what must be told of it, as `STATUS OUTCOME` of each call.

const http = require('http');
const https = require('https');

async function* parts() {
    for (const part of ['one ', 'two ', 'three']) {
        await new Promise((resolve) => { setTimeout(resolve, 2); });
        yield Buffer.from(part);
    }
}

const post = { method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: 'Bearer abc' } };
const secret = JSON.stringify({ user: 'ada', password: 'hunter2' });

/// Each gets `call` and `url(path)` of one client, and a promise that settles when a request of it has reached the server. `told`: the calls' ends, in order; patterns for what clients differ in.
module.exports = {
    success: { run: (call, url) => call({ url: url('/echo'), ...post, body: secret }), told: ['200 complete'] },
    redirect: {
        run: (call, url) => call({ url: url('/redirect'), isFollowing: true }),
        told: [/^302 (complete|unread|aborted)$/, '200 complete'], toldWithoutFollowing: ['302 complete'],
    },
    'error status': { run: (call, url) => call({ url: url('/bad') }), told: ['502 complete'] },
    refused: { run: (call, url) => call({ url: url('/ok', 'closed') }), told: ['- error:connect'] },
    'reset in the body': { run: (call, url) => call({ url: url('/cut') }), told: ['200 error:receive'] },
    // axios 1.2 leaves the request open.
    timeout: { run: (call, url) => call({ url: url('/never'), timeout: 500 }), told: [/^- (error:timeout|aborted|undefined)$/] },
    abort: {
        run: (call, url, seen) => {
            const controller = new AbortController();
            seen.then(() => controller.abort());
            return call({ url: url('/never'), signal: controller.signal });
        },
        told: ['- aborted'],
    },
    'stream up': { run: (call, url) => call({ url: url('/echo'), method: 'POST', body: parts() }), told: ['200 complete'], body: 'one two three' },
    'stream down': { run: (call, url) => call({ url: url('/stream') }), told: ['200 complete'] },
    gzip: { run: (call, url) => call({ url: url('/gzip') }), told: ['200 complete'], text: '{"id":4,"name":"Ada","password":"‹redacted›"}' },
    br: { run: (call, url) => call({ url: url('/br') }), told: ['200 complete'], text: '{"id":4,"name":"Ada","password":"‹redacted›"}' },
    events: { run: (call, url) => call({ url: url('/events') }), told: ['200 complete'] },
    'keep-alive': {
        run: async (call, url) => {
            const kept = { keepAlive: true, maxSockets: 1 };
            const agent = { http: new http.Agent(kept), https: new https.Agent(kept) };
            const first = await call({ url: url('/ok'), agent });
            await new Promise((resolve) => { setTimeout(resolve, 10); });
            const second = await call({ url: url('/ok'), agent });
            agent.http.destroy();
            agent.https.destroy();
            return [first, second];
        },
        told: ['200 complete', '200 complete'], isReused: true,
    },
    continue: {
        run: (call, url) => call({ url: url('/echo'), method: 'PUT', headers: { Expect: '100-continue' }, body: 'go on', isExpecting: true }),
        told: ['200 complete'],
    },
    proxy: { run: (call, url) => call({ url: url('/ok'), isProxied: true }), told: ['200 complete'] },
    // A server of HTTP/2 which also speaks 1.1, to those who know no better.
    http2: { run: (call, url) => call({ url: url('/ok', undefined, true), isHTTP2: true }), told: ['200 complete'] },
    unread: { run: (call, url) => call({ url: url('/big?mb=1'), isUnread: true }), told: [/^200 (aborted|unread)$/] },
};
