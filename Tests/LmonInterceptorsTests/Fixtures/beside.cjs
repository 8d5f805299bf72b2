'use strict';

// The interceptor beside tools that patch what it patches, loaded before and after it: the program and the tool see what
// they see without, and every call that reaches a server is told once. node beside.cjs NODE INTERCEPTOR

const assert = require('assert');
const net = require('net');
const path = require('path');
const { execFile } = require('child_process');
const { ingest, listening, settled, upstream } = require('./servers.cjs');

const [node, interceptor] = process.argv.slice(2);
const traces = ['traceparent', 'x-amzn-trace-id'];
const headers = { opentelemetry: ' traceparent', xray: ' x-amzn-trace-id' };
const tools = { opentelemetry: undefined, xray: undefined, msw: '/mocked', nock: 'http://mocked.test/mocked' };

function run(preloads, args, settings) {
    const { NODE_OPTIONS: _, ...env } = process.env;
    const options = { env: {
        ...env, NODE_PATH: '/usr/share/nodejs', NODE_NO_WARNINGS: '1', NODE_OPTIONS: preloads.map((file) => `--require ${file}`).join(' '), ...settings,
    }, timeout: 30000 };
    return new Promise((resolve, reject) => {
        execFile(node, [path.join(__dirname, 'beside', 'program.cjs'), ...args], options, (error, stdout, stderr) => {
            if (error) { reject(new Error(`${error.message} ${stderr}`)); } else { resolve(JSON.parse(stdout)); }
        });
    });
}

/// The calls by the number in their URL: `METHOD STATUS OUTCOME`.
function told(records) {
    const calls = new Map();
    for (const { type, record } of records) {
        if (type === 'http.request') { calls.set(record.callId, { request: record }); }
        if (type === 'http.response' || type === 'http.end') { calls.get(record.callId)[type.slice(5)] = record; }
    }
    const result = {};
    for (const { request, response, end } of calls.values()) {
        const number = /n=(\d)/.exec(request.url)?.[1];
        if (number === undefined) { continue; }
        assert.strictEqual(result[number], undefined, `call ${number} is told twice`);
        const headers = request.headers.map(([name]) => name.toLowerCase()).filter((name) => traces.includes(name));
        result[number] = [request.method, response?.status ?? '-', end?.outcome, ...headers].join(' ');
    }
    return result;
}

const expected = {
    1: 'GET 200 complete', 2: 'POST 200 complete', 3: 'GET 200 complete', 4: 'GET - error', 5: 'GET 200 error', 6: 'GET 200 complete',
    7: 'POST 200 complete', 8: 'GET - error',
};

(async () => {
    let failures = 0;
    const port = await upstream();
    // Below those that systems hand out, with no protocol of its own: nobody listens there.
    const closed = 4;
    for (const [tool, mocked] of Object.entries(tools)) {
        try { if (tool === 'nock') { require.resolve('/usr/share/nodejs/nock'); } } catch {
            console.log('skipped: nock is not installed');
            continue;
        }
        const file = path.join(__dirname, 'beside', `${tool}.cjs`);
        const args = [port, closed, ...(mocked ? [mocked.startsWith('/') ? `http://127.0.0.1:${port}${mocked}` : mocked] : [])];
        const bare = await run([file], args, {}).catch(({ message }) => message);
        for (const preloads of [[interceptor, file], [file, interceptor]]) {
            const sink = await ingest();
            try {
                // What comes after the interceptor does not see its own connection.
                const sees = preloads[0] === interceptor ? { SEES: 'all' } : {};
                const watched = await run(preloads, args, {
                    LMON_ADDRESS: `127.0.0.1:${sink.port}`, LMON_CAPTURE: 'all', LMON_BUDGET_MS: '1000', ...sees,
                });
                await settled(sink);
                assert.deepStrictEqual(watched, bare);
                const all = Object.entries(expected).map(([number, text]) => [number, text + (headers[tool] ?? '')]);
                assert.deepStrictEqual(told(sink.records), Object.fromEntries(all));
                assert.ok(!JSON.stringify(sink.records).includes('hunter2'), 'a secret left the process');
            } catch (error) {
                failures += 1;
                console.log(`${tool} ${preloads[0] === file ? 'before' : 'after'} the interceptor: ${error.message}`);
            }
        }
    }
    process.exit(failures > 0 ? 1 : 0);
})();
