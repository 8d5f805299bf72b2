'use strict';

// Runs programs twice, without and with the interceptor, compares what they saw, and verifies what was told.
// node run.cjs NODE INTERCEPTOR [NAME…]: one line for each failure, exit status 1 if there was one.

const { execFile } = require('child_process');
const path = require('path');
const { upstream, secureUpstream, ingest, settled } = require('./servers.cjs');
const { http2Upstream } = require('./servers-http2.cjs');
const { names, verify } = require('./expectations.cjs');

const [node, interceptor, ...chosen] = process.argv.slice(2);

function run(name, ports, settings) {
    const file = path.join(__dirname, 'programs.cjs');
    const { NODE_OPTIONS: _, ...env } = process.env;
    return new Promise((resolve) => {
        execFile(node, [file, name, ...ports], { env: { ...env, ...settings }, timeout: 60000 }, (error, stdout, stderr) => {
            resolve({ status: error?.code ?? 0, signal: error?.signal ?? null, stdout, stderr });
        });
    });
}

async function attempt(name) {
    const ports = [await upstream(), await secureUpstream(), await http2Upstream(false), await http2Upstream(true)];
    const sink = await ingest();
    const bare = await run(name, ports, {});
    const watched = await run(name, ports, {
        NODE_OPTIONS: `--require ${interceptor}`, LMON_ADDRESS: `127.0.0.1:${sink.port}`, LMON_CAPTURE: 'all',
        LMON_BODY_LIMIT: '1000', LMON_BUDGET_MS: '1000',
    });
    await settled(sink);
    if (JSON.stringify(bare) !== JSON.stringify(watched)) {
        throw new Error(`differs: ${JSON.stringify(bare)} without, ${JSON.stringify(watched)} with`);
    }
    if (sink.faults.length > 0) { throw new Error(sink.faults[0]); }
    verify(name, sink.records);
}

(async () => {
    let failures = 0;
    for (const name of chosen.length > 0 ? chosen : names) {
        try {
            await attempt(name);
        } catch (error) {
            failures += 1;
            console.log(`${name}: ${error.message}`);
        }
    }
    process.exit(failures > 0 ? 1 : 0);
})();
