'use strict';

// Calls that are made where the stack ends, before anything else has loaded what a call needs: the program hears of nothing
// but its own stack, and calls after it are told, or it is told why not. node deep.cjs NODE INTERCEPTOR: one line for each
// failure.

const { execFile } = require('child_process');
const { ingest, upstream, settled } = require('./servers.cjs');

const [node, interceptor] = process.argv.slice(2);

const program = `
    const http = require('http');
    const port = Number(process.argv[1]);
    const thrown = new Set();
    let count = 0;
    /// A regular expression that has no room for it says so in its own way.
    const look = (error) => { if (!(error instanceof RangeError) && !error.message.endsWith('Stack overflow')) { thrown.add(error.message); } };
    const deep = () => {
        try { deep(); } catch { /* the stack's end */ }
        if (count === 400) { return; }
        count += 1;
        try {
            const request = http.request({ host: '127.0.0.1', port: 1 });
            request.on('error', () => {});
            request.destroy();
        } catch (error) { look(error); }
    };
    process.on('uncaughtException', look);
    deep();
    setTimeout(() => http.get({ host: '127.0.0.1', port, path: '/ok' }, (response) => {
        response.resume().on('end', () => console.log(JSON.stringify([...thrown])));
    }), 50);
`;

(async () => {
    const port = await upstream();
    const sink = await ingest();
    const options = { env: { ...process.env, NODE_OPTIONS: `--require ${interceptor}`, LMON_ADDRESS: `127.0.0.1:${sink.port}` }, timeout: 30000 };
    const { error, stdout } = await new Promise((resolve) => {
        execFile(node, ['-e', program, port], options, (error, stdout) => resolve({ error, stdout }));
    });
    if (error !== null || stdout !== '[]\n') { console.log(`${error}, ${stdout}`); }
    await settled(sink);
    const types = sink.records.map(({ type }) => type);
    if (types[0] !== 'lmon.interceptor') { console.log(`first told is ${types[0]}`); }
    if (!sink.records.some(({ record }) => record.standDown !== undefined || record.url?.endsWith('/ok'))) {
        console.log(`the call after it is not told, and nothing says why: ${types.length} records`);
    }
    process.exit();
})();
