'use strict';

// A program that starts through the layer's wrapper, as Lambda starts a runtime: its calls are told, and what the
// function had set itself holds. node wrapped.cjs NODE WRAPPER: one line for each failure, exit status 1 if there was one.

const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawn } = require('child_process');
const { upstream, ingest, settled } = require('./servers.cjs');

const [node, wrapper] = process.argv.slice(2);
/// What it says of how it was started, and a call.
const program = `
const { NODE_OPTIONS = null, LMON_EXEC_WRAPPER = null, PYTHONPATH = null, OTHER = null } = process.env;
require('http').get('http://127.0.0.1:' + process.argv[1] + '/ok', (response) => response.resume().on('end', () => {
    console.log(JSON.stringify({
        options: NODE_OPTIONS, chained: LMON_EXEC_WRAPPER, python: PYTHONPATH, other: OTHER, limit: Error.stackTraceLimit,
        arguments: process.argv.slice(2), status: response.statusCode,
    }));
    process.exitCode = 7;
}));`;
const own = '--no-warnings --stack-trace-limit=7';
const added = `--require "${path.dirname(wrapper).replace(/[\\"]/g, '\\$&')}/interceptor.cjs"`;

async function run(port, command, settings) {
    const sink = await ingest();
    const { NODE_OPTIONS: _, ...env } = process.env;
    const [first, ...rest] = [...command, node, '-e', program, port, 'an argument', '"x"'];
    const child = spawn(first, rest, {
        stdio: ['ignore', 'pipe', 'inherit'], timeout: 30000,
        env: { ...env, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x', LMON_ADDRESS: `127.0.0.1:${sink.port}`, ...settings },
    });
    let output = '';
    child.stdout.on('data', (chunk) => { output += chunk; });
    const status = await new Promise((resolve) => { child.on('close', resolve); });
    await settled(sink);
    const types = sink.records.map(({ type }) => type).filter((type) => type === 'lmon.interceptor' || type === 'http.end');
    return { ...JSON.parse(output), exit: status, told: types };
}

(async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lmon wrapped'));
    const other = path.join(folder, 'another wrapper');
    fs.writeFileSync(other, '#!/bin/sh\nOTHER=$NODE_OPTIONS\nexport OTHER\nNODE_OPTIONS="$NODE_OPTIONS --no-deprecation"\nexec "$@"\n', { mode: 0o755 });
    const port = await upstream();
    const plain = {
        options: `${own} ${added}`, chained: null, python: null, other: null, limit: 7, arguments: ['an argument', '"x"'], status: 200,
        exit: 7, told: ['lmon.interceptor', 'http.end'],
    };
    const cases = {
        'NODE_OPTIONS of the function': [[wrapper], { NODE_OPTIONS: own }, {}],
        'no NODE_OPTIONS': [[wrapper], {}, { options: added, limit: 10 }],
        'a runtime of its own': [[wrapper], { NODE_OPTIONS: own, AWS_EXECUTION_ENV: '', PYTHONPATH: '/p' },
            { python: `${path.dirname(wrapper)}/python:/p` }],
        'another wrapper after it': [[wrapper], { NODE_OPTIONS: own, LMON_EXEC_WRAPPER: other },
            { options: `${own} ${added} --no-deprecation`, other: `${own} ${added}` }],
        'another wrapper before it': [[other, wrapper], { NODE_OPTIONS: own },
            { options: `${own} --no-deprecation ${added}`, other: own }],
        'itself after it': [[wrapper], { NODE_OPTIONS: own, LMON_EXEC_WRAPPER: wrapper }, {}],
        off: [[wrapper], { NODE_OPTIONS: own, LMON: ' Off', LMON_EXEC_WRAPPER: other },
            { options: `${own} --no-deprecation`, other: own, told: [] }],
        'a name that leads there': [[fs.realpathSync('/bin/sh'), path.basename(wrapper)], { NODE_OPTIONS: own }, {}],
    };
    const home = process.cwd();
    for (const [name, [command, settings, differing]] of Object.entries(cases)) {
        // A wrapper that is named without a folder is found where the shell is.
        process.chdir(command[1] === path.basename(wrapper) ? path.dirname(wrapper) : home);
        try {
            assert.deepStrictEqual(await run(port, command, settings), { ...plain, ...differing });
        } catch (error) {
            console.log(`${name}: ${error.message}`);
            process.exitCode = 1;
        }
    }
    process.chdir(home);
    fs.rmSync(folder, { recursive: true });
    process.exit();
})();
