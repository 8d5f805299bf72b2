'use strict';

// A Runtime API of our own and a runtime client that talks to it.

const http = require('http');
const path = require('path');
const { spawn } = require('child_process');

/// Two invocations, then silence; resolves with what was posted when the third is asked for or the process is gone.
function invoke(node, client, handler, settings = {}, parameters = []) {
    const posts = [];
    const frames = [];
    let invocations = 0;
    let child;
    let output = '';
    return new Promise((resolve) => {
        const server = http.createServer((request, answer) => {
            const chunks = [];
            request.on('data', (chunk) => chunks.push(chunk));
            request.on('end', () => {
                if (!request.url.endsWith('/next')) {
                    posts.push({ url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString(), trailers: request.trailers });
                    answer.writeHead(202, { 'Content-Type': 'application/json' }).end('{"status":"OK"}\n');
                    return;
                }
                invocations += 1;
                if (invocations > 2) { child.kill(); return; }
                answer.writeHead(200, {
                    'Content-Type': 'application/json', 'Lambda-Runtime-Aws-Request-Id': `request-${invocations}`,
                    'Lambda-Runtime-Deadline-Ms': Date.now() + 5000, 'Lambda-Runtime-Invoked-Function-Arn': 'arn:orders',
                    'Lambda-Runtime-Trace-Id': 'Root=1-2-3', 'Lambda-Runtime-Client-Context': '{"custom":1}',
                    'Lambda-Runtime-Cognito-Identity': '{"cognitoIdentityId":"c"}', 'Lambda-Runtime-Invocation-Id': `nonce-${invocations}`,
                });
                answer.write('{"a":');
                setImmediate(() => answer.end('1}'));
            });
        });
        server.listen(0, '127.0.0.1', () => {
            const root = path.join(__dirname, 'handlers');
            child = spawn(node, [client, ...parameters], {
                cwd: root,
                env: {
                    PATH: process.env.PATH, LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH ?? '',
                    AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${server.address().port}`, _HANDLER: handler,
                    LAMBDA_TASK_ROOT: root, AWS_LAMBDA_FUNCTION_NAME: 'orders',
                    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST', AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
                    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/orders', AWS_LAMBDA_LOG_STREAM_NAME: 'stream', ...settings,
                },
                stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
            });
            child.stdout.on('data', (chunk) => { output += chunk; });
            child.stderr.on('data', (chunk) => { output += chunk; });
            child.stdio[3].on('data', (chunk) => frames.push(chunk));
            const patience = setTimeout(() => child.kill('SIGKILL'), 20000);
            child.on('close', (code, signal) => {
                clearTimeout(patience);
                server.close();
                server.closeAllConnections?.();
                resolve({ posts, output, code, signal, frames: Buffer.concat(frames) });
            });
        });
    });
}

module.exports = { invoke };
