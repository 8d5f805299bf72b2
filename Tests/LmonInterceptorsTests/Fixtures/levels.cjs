'use strict';

// What each level of capture tells of a call that succeeds, one that fails, and one that reaches nobody, outside of any
// invocation and within one: there, `errors` tells of what went well too, for the case that the invocation fails.
// node levels.cjs NODE INTERCEPTOR: one line for each failure, exit status 1 if there was one.

const assert = require('assert');
const http = require('http');
const { spawn } = require('child_process');
const { ingest, listening, settled } = require('./servers.cjs');

const [node, interceptor] = process.argv.slice(2);
const SENT = '{"sent":true}';
const ANSWERED = '{"answered":"yes"}';
/// The last port: nobody listens there.
const program = `
const http = require('http');
const [port, closed, id] = process.argv.slice(1);
if (id) { globalThis[Symbol.for('lmon.invocation')] = { getStore: () => id }; }
const options = { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-One': 'one' } };
const request = (url) => new Promise((resolve) => {
    http.request(url, options, (response) => response.resume().on('end', resolve)).on('error', resolve).end('${SENT}');
});
const fetched = (url) => fetch(url, { ...options, body: '${SENT}' }).then((response) => response.text()).catch(() => {});
(async () => {
    for (const url of [\`http://127.0.0.1:\${port}/200\`, \`http://127.0.0.1:\${port}/500\`, \`http://127.0.0.1:\${closed}/refused\`]) {
        await request(url + '?client=http');
        await fetched(url + '?client=undici');
    }
})();`;

async function told(port, level, id) {
    const sink = await ingest();
    const { NODE_OPTIONS: _, ...env } = process.env;
    const child = spawn(node, ['-e', program, port, '4', id], { stdio: 'inherit', env: {
        ...env, NODE_OPTIONS: `--require ${interceptor}`, LMON_ADDRESS: `127.0.0.1:${sink.port}`, LMON_CAPTURE: level, LMON_BUDGET_MS: '10000',
    } });
    const status = await new Promise((resolve) => { child.on('close', resolve); });
    assert.strictEqual(status, 0);
    await settled(sink);
    const calls = new Map();
    for (const { type, record, ifFailed } of sink.records) {
        if (!type.startsWith('http.')) { continue; }
        calls.set(record.callId, { ...calls.get(record.callId), [type.slice(5)]: record, waits: ifFailed === true });
    }
    return new Map([...calls.values()].map((call) => [/\/\w+\?client=\w+$/.exec(call.request.url)[0], call]));
}

/// The value of a header; undefined if there are no headers at all.
function header(record, name) {
    return record?.headers?.find(([key]) => key.toLowerCase() === name)?.[1] ?? (record?.headers && null);
}

function expected(level, outcome, client, id) {
    const isAnswered = outcome !== 'refused';
    const hasHeaders = level !== 'metadata';
    const waits = level === 'errors' && outcome === '200' && id !== '';
    const hasBodies = level === 'all' || level === 'bodies' || (level === 'errors' && outcome !== '200') || waits;
    // Of a body, `fetch` makes a stream, which nobody reads before there is a connection.
    const isSent = isAnswered || client === 'http';
    return {
        waits, outcome: isAnswered ? 'complete' : 'error', status: isAnswered ? Number(outcome) : undefined,
        headers: [hasHeaders ? 'one' : undefined, hasHeaders && isAnswered ? 'two' : undefined],
        sizes: { request: isSent ? SENT.length : 0, response: isAnswered ? ANSWERED.length : 0 },
        sent: isSent ? { size: SENT.length, text: hasBodies ? SENT : undefined } : undefined,
        answered: isAnswered ? { size: ANSWERED.length, text: hasBodies ? ANSWERED : undefined } : undefined,
    };
}

function seen({ request, response, end, waits }) {
    const body = (one) => one && { size: one.size, text: one.text };
    return {
        waits, outcome: end.outcome, status: response?.status,
        headers: [header(request, 'x-one'), header(response, 'x-two')], sizes: end.sizes,
        sent: body(end.bodies.request), answered: body(end.bodies.response),
    };
}

(async () => {
    const port = await listening(http.createServer((request, response) => {
        request.resume().on('end', () => {
            response.writeHead(Number(request.url.slice(1, 4)), { 'Content-Type': 'application/json', 'X-Two': 'two' }).end(ANSWERED);
        });
    }));
    let failures = 0;
    const levels = ['metadata', 'headers', 'errors', 'bodies', 'all'].flatMap((level) => [[level, ''], [level, 'one']]);
    for (const [level, id] of levels) {
        const calls = await told(port, level, id);
        for (const outcome of ['200', '500', 'refused']) {
            for (const client of ['http', 'undici']) {
                try {
                    assert.deepStrictEqual(seen(calls.get(`/${outcome}?client=${client}`)), expected(level, outcome, client, id));
                } catch (error) {
                    failures += 1;
                    console.log(`${level}, ${id}, ${outcome}, ${client}: ${error.message}`);
                }
            }
        }
    }
    process.exit(failures > 0 ? 1 : 0);
})();
