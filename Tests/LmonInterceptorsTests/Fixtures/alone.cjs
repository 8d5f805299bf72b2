'use strict';

// The interceptor with nobody to talk to: the program must run as without it, and end as soon.
// node alone.cjs NODE INTERCEPTOR: one line for each failure, exit status 1 if there was one.

const { execFile } = require('child_process');
const net = require('net');
const path = require('path');
const { upstream, ingest, settled } = require('./servers.cjs');

const [node, interceptor] = process.argv.slice(2);

function run(name, port, settings) {
    const { NODE_OPTIONS: _, ...env } = process.env;
    const options = { env: { ...env, NODE_OPTIONS: `--require ${interceptor}`, ...settings }, timeout: 30000 };
    return new Promise((resolve) => {
        execFile(node, [path.join(__dirname, 'programs.cjs'), name, port], options, (error, stdout, stderr) => {
            resolve(JSON.stringify({ status: error?.code ?? 0, signal: error?.signal ?? null, stdout, stderr }));
        });
    });
}

function server(onConnection) {
    return new Promise((resolve) => {
        const made = net.createServer((socket) => {
            socket.on('error', () => {});
            onConnection(socket);
        }).listen(0, '127.0.0.1', () => resolve(made.address().port));
    });
}

(async () => {
    const port = await upstream();
    const sink = await ingest();
    const here = `127.0.0.1:${sink.port}`;
    const situations = {
        refused: { LMON_ADDRESS: '127.0.0.1:1' },
        'no such name': { LMON_ADDRESS: 'sandbox:1' },
        nonsense: { LMON_ADDRESS: 'nonsense' },
        'never answers': { LMON_ADDRESS: `127.0.0.1:${await server(() => {})}` },
        'closes at once': { LMON_ADDRESS: `127.0.0.1:${await server((socket) => socket.destroy())}` },
        'answers nonsense': { LMON_ADDRESS: `127.0.0.1:${await server((socket) => socket.write('HTTP/1.1 500 No\r\n\r\nHTTP/1.1'))}` },
        off: { LMON_ADDRESS: here, LMON: 'off' },
        'off in capitals': { LMON_ADDRESS: here, LMON: 'OFF' },
        'off with blanks': { LMON_ADDRESS: here, LMON: ' off\t' },
        'on in capitals': { LMON_ADDRESS: here, LMON: ' ON' },
        'loaded twice': { LMON_ADDRESS: here, NODE_OPTIONS: `--require ${interceptor} --require ${interceptor}` },
        'loaded by import': { LMON_ADDRESS: here, NODE_OPTIONS: `--import ${interceptor}` },
        'no code from strings': { LMON_ADDRESS: here, NODE_OPTIONS: `--disallow-code-generation-from-strings --require ${interceptor}` },
        'an ignored host': { LMON_ADDRESS: here, LMON_IGNORE_HOSTS: '127.0.0.1' },
    };
    const told = {
        off: [], 'off in capitals': [], 'off with blanks': [], 'on in capitals': 'all', 'loaded twice': 'all', 'loaded by import': 'all',
        'no code from strings': 'all', 'an ignored host': ['lmon.interceptor'],
    };
    let failures = 0;
    const fail = (text) => { failures += 1; console.log(text); };
    for (const name of ['http parallel', 'fetch parallel']) {
        const bare = await run(name, port, { NODE_OPTIONS: '' });
        for (const [situation, settings] of Object.entries(situations)) {
            sink.records.length = 0;
            const watched = await run(name, port, settings);
            if (watched !== bare) { fail(`${situation}, ${name}: ${watched}, not ${bare}`); }
            const expected = told[situation];
            if (expected === undefined) { continue; }
            await settled(sink);
            const types = sink.records.map(({ type }) => type);
            const loads = types.filter((type) => type === 'lmon.interceptor').length;
            if (expected === 'all' ? loads !== 1 || types.length !== 1501 : String(types) !== String(expected)) {
                fail(`${situation}, ${name}: told ${types.length} records: ${types.slice(0, 5)}`);
            }
        }
    }
    const costly = {};
    for (const budget of ['1', '10000']) {
        sink.records.length = 0;
        const watched = await run('http costly', port, {
            LMON_ADDRESS: here, LMON_CAPTURE: 'all', LMON_BODY_LIMIT: '262144', LMON_BUDGET_MS: budget,
        });
        await settled(sink);
        const reasons = sink.records.map(({ record }) => record.standDown).filter((reason) => reason !== undefined);
        const calls = sink.records.filter(({ type }) => type === 'http.request').length;
        costly[budget] = { watched, reasons: reasons.map((reason) => reason.split(':')[0]), isWatchedOn: calls === 60 };
    }
    const { watched } = costly['1'];
    const expected = { 1: { watched, reasons: ['its time budget is used up'], isWatchedOn: false }, 10000: { watched, reasons: [], isWatchedOn: true } };
    if (JSON.stringify(costly) !== JSON.stringify(expected)) { fail(`budgets: ${JSON.stringify(costly)}`); }
    process.exit(failures > 0 ? 1 : 0);
})();
