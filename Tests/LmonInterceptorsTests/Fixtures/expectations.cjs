'use strict';

// What each program's calls must be told as. A call is `METHOD PATH STATUS OUTCOME[:PHASE[:CODE]]`, in order of its
// start; `unended` marks calls that are still open when the program ends. `check` looks closer.

const assert = require('assert');

const { deepStrictEqual: same, ok } = assert;
const body = (call, side) => call.end.bodies?.[side];

const expectations = {
    'http success': {
        calls: ['GET /ok?q=1&api_key=‹redacted› 200 complete'],
        check: ([call]) => {
            same(call.request.client, 'node:http');
            same(call.request.attempt, 1);
            same(body(call, 'response').text, '{"id":4,"name":"Ada","password":"‹redacted›"}');
            same(body(call, 'response').redacted, true);
            same(body(call, 'response').truncated, false);
            same(body(call, 'request'), undefined);
            ok(call.end.timings.firstByte <= call.end.timings.end);
            ok(call.end.timings.connect <= call.end.timings.firstByte);
            ok(call.response.connection.remote.startsWith('127.0.0.1:'));
        },
    },
    'http get with listeners only': { calls: ['GET /ok 200 complete'] },
    'http post': {
        calls: ['POST /echo 200 complete'],
        check: ([call]) => {
            same(body(call, 'request').text, '{"user":"ada","password":"‹redacted›"}');
            same(call.end.sizes, { request: 35, response: 35 });
            same(call.request.headers.find(([name]) => name === 'Authorization')[1], '‹redacted›');
            ok(call.request.matchKey.includes('-35 1'));
        },
    },
    'http error status': { calls: ['GET /bad 502 complete'] },
    'http hang up': { calls: ['GET /hangup - error:receive:ECONNRESET'] },
    'http cut in the body': {
        calls: ['GET /cut 200 error:receive:ECONNRESET'],
        check: ([call]) => same(body(call, 'response').size, 100),
    },
    'http refused': { calls: ['GET / - error:connect:ECONNREFUSED'] },
    'http not found': { calls: ['GET / - error:dns:*'] },
    'http timeout': { calls: ['GET /never - error:timeout:*'] },
    'http destroyed': { calls: ['GET /never - aborted'] },
    'http destroyed with an error': { calls: ['GET /never - aborted'] },
    'http aborted by signal': { calls: ['GET /never - aborted'] },
    'http response destroyed': { calls: ['GET /hang 200 aborted'] },
    'http stream up': {
        calls: ['POST /echo 200 complete'],
        check: ([call]) => same(body(call, 'request').text, 'one two three'),
    },
    'http stream down': {
        calls: ['GET /stream 200 complete'],
        check: ([call]) => same(body(call, 'response').text.split('\n').length, 6),
    },
    'http events': {
        calls: ['GET /events 200 complete'],
        check: ([call]) => ok(body(call, 'response').text.startsWith('data: {"n":0,"token":"‹redacted›"}\n\ndata: {"n":1')),
    },
    'http continue': {
        calls: ['PUT /echo 200 complete'],
        check: ([call]) => same(body(call, 'request').text, 'after the continue'),
    },
    'http gzip': {
        calls: ['GET /gzip 200 complete'],
        check: ([call]) => {
            same(body(call, 'response').text, '{"id":4,"name":"Ada","password":"‹redacted›"}');
            same(body(call, 'response').encoding, 'gzip');
            same(body(call, 'response').decodedSize, 42);
            ok(body(call, 'response').size !== 42);
        },
    },
    'http keep-alive': {
        calls: ['GET /ok 200 complete', 'GET /ok 200 complete'],
        check: ([first, second]) => {
            same([first, second].map(({ response }) => response.connection.reused), [false, true]);
            same(first.response.connection.id, second.response.connection.id);
            same(second.end.timings.connect, undefined);
            ok(second.request.matchKey.endsWith(' 2'));
        },
    },
    'http unread': { calls: ['GET /ok 200 unread'] },
    'http paused': { calls: ['GET /big?mb=1 200 unended'] },
    'http empty': { calls: ['GET /empty 204 complete'] },
    'http header list': {
        calls: ['GET /headers 200 complete'],
        check: ([call]) => {
            same(call.request.headers.slice(0, 3), [['X-One', '1'], ['x-two', '2'], ['X-One', '3']]);
            same(call.response.headers.filter(([name]) => name === 'Set-Cookie').length, 2);
            ok(!call.request.url.includes('a.test'));
        },
    },
    'http connect': {
        calls: ['CONNECT  200 complete', 'GET /ok 200 complete'],
    },
    'http parallel': {
        count: 500,
        check: (calls) => ok(calls.every(({ response, end }) => response.status === 200 && end.outcome === 'complete')),
    },
    'http retried': {
        calls: ['GET /bad 502 complete', 'GET /bad 502 complete'],
        check: (calls) => same(calls.map(({ request }) => request.attempt), [1, 2]),
    },
    'http big': {
        calls: ['GET /big?mb=20 200 complete'],
        check: ([call]) => {
            same(body(call, 'response').size, 20 * 1048576);
            same(body(call, 'response').text.length, 1000);
            same(body(call, 'response').truncated, true);
        },
    },
    'http from a worker': {
        calls: ['GET /ok 200 complete'], processes: 2,
        check: ([call]) => ok(call.id.split('-')[1] !== '0'),
    },
    'http from a child': { calls: ['GET /ok 200 complete'], processes: 2 },
    'http through an ESM import': { calls: ['GET /ok 200 complete'] },
    'http within an invocation': {
        count: 4,
        check: (calls) => {
            for (const call of calls) { ok(call.request.url.endsWith(`/ok?${call.invocation}`), call.request.url); }
        },
    },
    'http with Lambda\'s own store': {
        count: 6,
        check: (calls) => {
            for (const call of calls) { ok(call.request.url.endsWith(`/ok?${call.invocation}`), `${call.request.url} of ${call.invocation}`); }
        },
    },
    'https success': {
        calls: ['GET /ok 200 complete'],
        check: ([call]) => {
            same(call.request.client, 'node:https');
            ok(call.request.url.startsWith('https://localhost:'));
            const { dns, connect, tls, firstByte } = call.end.timings;
            ok(dns <= connect && connect <= tls && tls <= firstByte, JSON.stringify(call.end.timings));
        },
    },
    'https untrusted': { calls: ['GET /ok - error:tls:DEPTH_ZERO_SELF_SIGNED_CERT'] },
    'https to no TLS': { calls: ['GET /ok - error:tls:*'] },
    'fetch untrusted': { calls: ['GET /ok - error:tls:DEPTH_ZERO_SELF_SIGNED_CERT'] },
    'aws call': {
        calls: ['POST /ok 200 complete'],
        check: ([call]) => {
            same([call.request.service, call.request.operation], ['secretsmanager', 'GetSecretValue']);
            same(call.request.attempt, 2);
            same(body(call, 'request'), { size: 17, redacted: true });
            same(body(call, 'response'), { size: 42, redacted: true });
        },
    },
    'fetch success': {
        calls: ['GET /ok?q=1&api_key=‹redacted› 200 complete'],
        check: ([call]) => {
            same(call.request.client, 'node:undici');
            same(body(call, 'response').text, '{"id":4,"name":"Ada","password":"‹redacted›"}');
            same(call.response.connection.reused, false);
            ok(call.end.timings.connect <= call.end.timings.firstByte);
        },
    },
    'fetch post': {
        calls: ['POST /echo 200 complete'],
        check: ([call]) => {
            same(body(call, 'request').text, '{"user":"ada","password":"‹redacted›"}');
            same(call.request.headers.find(([name]) => name.toLowerCase() === 'authorization')[1], '‹redacted›');
        },
    },
    'fetch redirect': { calls: ['GET /redirect 302 complete', 'GET /ok 200 complete'] },
    'fetch error status': { calls: ['GET /bad 502 complete'] },
    'fetch refused': { calls: ['GET / - error:connect:ECONNREFUSED'] },
    'fetch not found': { calls: ['GET / - error:dns:*'] },
    'fetch cut in the body': { calls: ['GET /cut 200 error:receive:UND_ERR_SOCKET'] },
    // Node 18's fetch keeps the reason of an abort to itself; later ones do so before they are connected.
    'fetch timeout': {
        count: 1,
        check: ([call]) => ok(call.end.phase === 'timeout' || call.end.outcome === 'aborted', JSON.stringify(call.end)),
    },
    'fetch aborted': { calls: ['GET /never - aborted'] },
    'fetch aborted in the body': { calls: ['GET /hang 200 aborted'] },
    'fetch aborted before': { calls: [] },
    'fetch stream up': {
        calls: ['POST /echo 200 complete'],
        check: ([call]) => same(body(call, 'request').text, 'one two three'),
    },
    'fetch form': {
        calls: ['POST /echo 200 complete'],
        check: ([call]) => {
            ok(body(call, 'request').text.includes('ada'));
            same(body(call, 'request').redacted, true);
        },
    },
    'fetch stream down': { calls: ['GET /stream 200 complete'] },
    'fetch events': { calls: ['GET /events 200 complete'] },
    'fetch gzip': { calls: ['GET /gzip 200 complete'], check: ([call]) => same(body(call, 'response').decodedSize, 42) },
    'fetch br': { calls: ['GET /br 200 complete'], check: ([call]) => same(body(call, 'response').decodedSize, 42) },
    'fetch deflate': { calls: ['GET /deflate 200 complete'], check: ([call]) => same(body(call, 'response').decodedSize, 42) },
    'fetch gzip large': {
        calls: ['GET /gzip?size=3000000 200 complete'],
        check: ([call]) => {
            ok(body(call, 'response').text.startsWith('{"token":"‹redacted›","text":"yyy'));
            same(Buffer.byteLength(body(call, 'response').text), 1000);
            same(body(call, 'response').truncated, true);
            same(body(call, 'response').decodedSize, undefined);
        },
    },
    'fetch binary': {
        calls: ['GET /binary 200 complete'],
        check: ([call]) => same(body(call, 'response').base64, 'iVAA/w=='),
    },
    'fetch unread': { calls: ['GET /big?mb=1 200 unended'] },
    'fetch keep-alive': {
        calls: ['GET /ok 200 complete', 'GET /ok 200 complete'],
        check: (calls) => same(calls.map(({ response }) => response.connection.reused), [false, true]),
    },
    'fetch parallel': {
        count: 500,
        check: (calls) => ok(calls.every(({ response, end }) => response.status === 200 && end.outcome === 'complete')),
    },
    'fetch big': {
        calls: ['GET /big?mb=20 200 complete'],
        check: ([call]) => same(body(call, 'response').size, 20 * 1048576),
    },
    ...require('./expectations-http2.cjs'),
    ...require('./expectations-changed.cjs'),
};

/// Records of one run → its calls, in order of their start; fails on any that is told twice or out of order.
function calls(records) {
    const byID = new Map();
    for (const { type, record, invocation } of records) {
        if (!type.startsWith('http.')) { continue; }
        const stage = type.slice(5);
        const call = byID.get(record.callId) ?? { id: record.callId };
        ok(call[stage] === undefined, `${type} twice for ${record.callId}`);
        ok(stage === 'request' ? Object.keys(call).length === 1 : call.request !== undefined, `${type} before http.request`);
        ok(call.end === undefined, `${type} after http.end`);
        ok(stage === 'request' || invocation === call.invocation, 'one call, two invocations');
        call[stage] = record;
        call.invocation = invocation;
        byID.set(record.callId, call);
    }
    return [...byID.values()];
}

function told({ request, response, end }) {
    const url = new URL(request.url.replaceAll('‹', '<').replaceAll('›', '>'));
    const path = request.method === 'CONNECT' ? '' : decodeURIComponent(url.pathname + url.search)
        .replaceAll('<', '‹').replaceAll('>', '›');
    const detail = [end?.outcome ?? 'unended', end?.phase, end?.code].filter((part) => part !== undefined);
    return `${request.method} ${path} ${response?.status ?? '-'} ${detail.join(':')}`;
}

function matches(actual, expected) {
    const wild = expected.endsWith(':*') ? expected.slice(0, -1) : undefined;
    if (wild !== undefined) { return `${actual}:`.startsWith(wild); }
    return actual === expected || (expected.endsWith(' aborted') && actual.startsWith(expected));
}

/// Throws unless the records tell what the program did.
function verify(name, records) {
    const expected = expectations[name];
    const loaded = records.filter(({ type }) => type === 'lmon.interceptor');
    same(loaded.length, expected.processes ?? 1, 'lmon.interceptor, once for each process');
    ok(!JSON.stringify(records).includes('hunter2'), 'a secret left the process');
    ok(!JSON.stringify(records).includes('Bearer abc'), 'a credential left the process');
    const all = calls(records);
    if (expected.count !== undefined) {
        same(all.length, expected.count);
    } else {
        const actual = all.map(told);
        ok(actual.length === expected.calls.length && actual.every((call, i) => matches(call, expected.calls[i])),
            `told ${JSON.stringify(actual)}, not ${JSON.stringify(expected.calls)}`);
    }
    expected.check?.(all);
    expected.records?.(records);
}

module.exports = { names: Object.keys(expectations), verify };
