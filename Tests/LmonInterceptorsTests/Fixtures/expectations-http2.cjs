'use strict';

// What calls with node:http2 must be told as, for expectations.cjs.

const { deepStrictEqual: same, ok } = require('assert');

const body = (call, side) => call.end.bodies?.[side];

module.exports = {
    'http2 success': {
        calls: ['GET /ok?q=1&api_key=‹redacted› 200 complete'],
        check: ([call]) => {
            same(call.request.client, 'node:http2');
            same(call.response.version, '2');
            same(body(call, 'response').text, '{"id":4,"name":"Ada","password":"‹redacted›"}');
            same(call.response.headers.filter(([name]) => name === 'set-cookie').length, 2);
            ok(!call.request.headers.some(([name]) => name.startsWith(':')));
            ok(call.response.connection.remote.startsWith('127.0.0.1:'));
            ok(call.end.timings.connect <= call.end.timings.firstByte);
        },
    },
    'http2 post': {
        calls: ['POST /echo 200 complete'],
        check: ([call]) => {
            same(body(call, 'request').text, '{"user":"ada","password":"‹redacted›"}');
            same(call.end.sizes, { request: 35, response: 35 });
            same(call.request.headers.find(([name]) => name === 'authorization')[1], '‹redacted›');
        },
    },
    'http2 multiplexed': {
        calls: ['GET /slow 200 complete', 'GET /ok 200 complete', 'GET /bad 502 complete', 'GET /ok 200 complete'],
        check: (calls) => {
            same(new Set(calls.map(({ response }) => response.connection.id)).size, 1);
            same(calls.filter(({ response }) => !response.connection.reused).length, 1);
        },
    },
    'http2 stream up': {
        calls: ['PUT /echo 200 complete'],
        check: ([call]) => same(body(call, 'request').text, 'one two three'),
    },
    'http2 gzip': { calls: ['GET /gzip 200 complete'], check: ([call]) => same(body(call, 'response').decodedSize, 42) },
    'http2 head': { calls: ['HEAD /ok 200 complete'] },
    'http2 push': { calls: ['GET /push 200 complete'] },
    'http2 reset': { calls: ['GET /reset - error:receive:ERR_HTTP2_STREAM_ERROR'] },
    'http2 reset in the body': { calls: ['GET /cut 200 error:receive:ERR_HTTP2_STREAM_ERROR'] },
    'http2 gone away': { calls: ['GET /goaway - error:receive:*'] },
    'http2 refused': { calls: ['GET /ok - error:connect:ECONNREFUSED'] },
    'http2 closed by the program': { calls: ['GET /never - aborted'] },
    'http2 aborted by signal': { calls: ['GET /never - aborted'] },
    'http2 timeout': { calls: ['GET /never - error:timeout:*'] },
    'http2 through an ESM import': { calls: ['GET /ok 200 complete'] },
    'http2 over TLS': {
        calls: ['GET /ok 200 complete'],
        check: ([call]) => {
            ok(call.request.url.startsWith('https://localhost:'));
            ok(call.end.timings.tls <= call.end.timings.firstByte);
        },
    },
    'http2 on a connected socket': { calls: ['GET /ok 200 complete'] },
};
