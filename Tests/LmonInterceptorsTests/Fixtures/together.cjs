'use strict';

// Runtime client and interceptor in one process: calls carry the invocation that started them, are told before the
// response, and the client's own traffic is not told. node together.cjs NODE CLIENT INTERCEPTOR

const assert = require('assert');
const http = require('http');
const path = require('path');
const { spawn } = require('child_process');
const { upstream, ingest, settled } = require('./servers.cjs');

const [node, client, interceptor] = process.argv.slice(2);

(async () => {
    const port = await upstream();
    const sink = await ingest();
    const posts = [];
    let invocations = 0;
    let child;
    const server = http.createServer((request, answer) => {
        const chunks = [];
        request.on('data', (chunk) => chunks.push(chunk));
        request.on('end', async () => {
            if (!request.url.endsWith('/next')) {
                posts.push(Buffer.concat(chunks).toString());
                answer.writeHead(202).end('{"status":"OK"}\n');
                return;
            }
            invocations += 1;
            if (invocations > 2) { child.kill(); return; }
            answer.setHeader('Lambda-Runtime-Aws-Request-Id', `request-${invocations}`);
            answer.setHeader('Lambda-Runtime-Deadline-Ms', Date.now() + 5000);
            answer.end(JSON.stringify({ n: invocations }));
        });
    });
    await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const address = `127.0.0.1:${server.address().port}`;
    child = spawn(node, [client], { stdio: 'inherit', env: {
        PATH: process.env.PATH, AWS_LAMBDA_RUNTIME_API: address, _HANDLER: 'calls.handler', UPSTREAM: port,
        LAMBDA_TASK_ROOT: path.join(__dirname, 'handlers'), NODE_OPTIONS: `--require ${interceptor}`,
        LMON_ADDRESS: `127.0.0.1:${sink.port}`, LMON_CAPTURE: 'all',
    } });
    await new Promise((resolve) => { child.on('close', resolve); });
    await settled(sink);
    try {
        assert.deepStrictEqual(posts, ['[200,200]', '[200,200]']);
        const told = (type) => sink.records.filter((record) => record.type === type);
        const starts = told('http.request').map(({ invocation, record }) => `${invocation} ${record.url.split('?')[1]}`);
        assert.deepStrictEqual(starts.sort(), [
            'request-1 fetch=1', 'request-1 http=1', 'request-1 left=over', 'request-2 fetch=2', 'request-2 http=2',
            'undefined during=init',
        ]);
        assert.ok(!JSON.stringify(sink.records).includes(address), 'the Runtime API was told');
        assert.deepStrictEqual(told('http.end').map(({ record }) => record.outcome), Array(6).fill('complete'));
        assert.ok(told('lmon.overhead').length >= 2);
    } catch (error) {
        console.log(error.message);
        process.exitCode = 1;
    }
    process.exit();
})();
