'use strict';

// Client libraries × cases: each cell is run without and with the interceptor; what the program saw and what reached the
// server must be equal, and what is told must be what happened. node matrix.cjs NODE INTERCEPTOR [CELL]: one line for
// each failure; a line that begins with "skipped" for what this machine does not have.

const assert = require('assert');
const path = require('path');
const { spawn } = require('child_process');
const cases = require('./matrix/cases.cjs');
const { reached, start, taken } = require('./matrix/servers.cjs');
const { ingest, settled } = require('./servers.cjs');

/// Whether they are there only if they are installed.
const clients = [
    ['http', false], ['https', false], ['http2', false], ['fetch', false], ['axios', true], ['got', true], ['node-fetch', true],
    ['undici', true],
];
const [node, interceptor, chosen] = process.argv.slice(2);
const { deepStrictEqual: same, ok } = assert;

/// Cells in which the client makes no call, and why. Every client has every case: one that knows nothing of HTTP/2 or of
/// asking for leave is shown what it does instead.
const refused = {
    'fetch.continue': 'undici does not send the header', 'undici.continue': 'undici does not send the header',
};

function run(ports, proxyPort, settings) {
    const { NODE_OPTIONS: _, ...env } = process.env;
    const options = {
        env: { ...env, NODE_PATH: '/usr/share/nodejs', NODE_NO_WARNINGS: '1', PROXY_PORT: proxyPort, ...settings },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'], timeout: 120000,
    };
    return new Promise((resolve, reject) => {
        const file = path.join(__dirname, 'matrix', 'cells.cjs');
        const child = spawn(node, [file, JSON.stringify(ports), ...(chosen ? [chosen] : [])], options);
        reached.tell = (cell) => { if (child.connected) { child.send(cell, () => {}); } };
        let output = '';
        let errors = '';
        child.stdout.on('data', (chunk) => { output += chunk; });
        child.stderr.on('data', (chunk) => { errors += chunk; });
        child.on('close', (status) => {
            if (status === 0) { resolve(JSON.parse(output)); } else { reject(new Error(`status ${status}: ${errors} ${output}`)); }
        });
    });
}

/// The calls of a cell, in the order of their starts.
function callsByCell(records) {
    const calls = new Map();
    const cells = new Map();
    for (const { type, record } of records) {
        if (type === 'http.request') {
            const call = { request: record };
            calls.set(record.callId, call);
            if (record.method === 'CONNECT') { continue; }
            const cell = decodeURIComponent(/cell=([^&]*)/.exec(record.url)?.[1] ?? 'none');
            cells.set(cell, [...(cells.get(cell) ?? []), call]);
        } else if (type === 'http.response' || type === 'http.end') {
            calls.get(record.callId)[type.slice(5)] = record;
        }
    }
    return cells;
}

function verify(cell, calls, { told, toldWithoutFollowing, body, text, isReused }) {
    const client = cell.split('.')[0];
    const actual = calls.map(({ response, end }) => `${response?.status ?? '-'} ${end?.outcome}${end?.phase ? `:${end.phase}` : ''}`);
    const isFollowing = !['http', 'https', 'http2'].includes(client);
    const expected = isFollowing ? told : toldWithoutFollowing ?? told;
    ok(actual.length === expected.length && actual.every((one, i) => (expected[i] instanceof RegExp ? expected[i].test(one) : one === expected[i])),
        `told ${JSON.stringify(actual)} ${JSON.stringify(calls.map(({ end }) => end))}`);
    if (body !== undefined) { same(calls[0].end.bodies.request.text, body); }
    if (text !== undefined) { same(calls[0].end.bodies.response.text, text); }
    if (isReused) { same(calls.map(({ response }) => response.connection?.reused).at(-1), true); }
    if (cell === 'http2.http2' || cell === 'got.http2') { same(calls[0].request.client, 'node:http2'); }
}

(async () => {
    let failures = 0;
    const fail = (text) => { failures += 1; console.log(text); };
    const { ports, proxyPort } = await start();
    const sink = await ingest();
    const bare = await run(ports, proxyPort, {});
    const bytes = taken();
    const watched = await run(ports, proxyPort, {
        NODE_OPTIONS: `--require ${interceptor}`, LMON_ADDRESS: `127.0.0.1:${sink.port}`, LMON_CAPTURE: 'all', LMON_BUDGET_MS: '2000',
    });
    const watchedBytes = taken();
    await settled(sink);
    const told = callsByCell(sink.records);
    for (const fault of sink.faults) { fail(fault); }
    if (/hunter2|Bearer abc/.test(JSON.stringify(sink.records))) { fail('a secret left the process'); }
    for (const [client, isPackaged] of clients) {
        const missing = chosen ? [] : Object.keys(cases).filter((name) => bare[`${client}.${name}`] === undefined);
        if (isPackaged && missing.length === Object.keys(cases).length) {
            console.log(`skipped: ${client} is not installed`);
        } else if (missing.length > 0) { fail(`${client} has no ${missing}`); }
    }
    for (const cell of Object.keys(bare)) {
        try {
            same(watched[cell], bare[cell], `${JSON.stringify(watched[cell])}, not ${JSON.stringify(bare[cell])}`);
            same(watchedBytes[cell], bytes[cell], `the server saw ${JSON.stringify(watchedBytes[cell])}, not ${JSON.stringify(bytes[cell])}`);
            const isRefused = bare[cell].code === 'UND_ERR_NOT_SUPPORTED' || bare[cell].cause?.code === 'UND_ERR_NOT_SUPPORTED';
            same(isRefused, refused[cell] !== undefined, `${isRefused ? '' : 'not '}refused by the client`);
            if (isRefused) {
                same(told.get(cell), undefined);
            } else { verify(cell, told.get(cell) ?? [], cases[cell.slice(cell.indexOf('.') + 1)]); }
        } catch (error) {
            fail(`${cell}: ${error.message}`);
        }
    }
    if (process.env.SHOW) { console.log(JSON.stringify(bare, null, 1)); }
    process.exit(failures > 0 ? 1 : 0);
})();
