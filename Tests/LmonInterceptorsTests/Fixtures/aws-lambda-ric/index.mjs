// A stand-in for Lambda's own runtime client for Node, in so far as a preload can meet it: how it finds and loads a
// handler, what it hands it, when it takes the handler as done, what it posts. Up to Node 22 as its major version 3,
// from Node 24 on as its version 4.

import http from 'node:http';
import { createRequire } from 'node:module';
import { load } from './load.mjs';

const require = createRequire(import.meta.url);
const isNew = Number(process.versions.node.split('.')[0]) >= 24;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const emptyLoop = { work: () => {} };
const crash = { post: (error, done) => post('init/error', asPosted(error), done, { 'Lambda-Runtime-Function-Error-Type': asPosted(error).errorType }) };

function call(method, path, headers, use) {
    const request = http.request({ host, port, agent, method, path: `/2018-06-01/runtime/${path}`, headers }, (answer) => {
        const chunks = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('end', () => use(answer, Buffer.concat(chunks).toString()));
    });
    request.on('error', () => process.exit(1));
    return request;
}

function post(path, value, done, headers = {}) {
    let body;
    try { body = JSON.stringify(value === undefined ? null : value); } catch {
        body = JSON.stringify(asPosted(new Error('Unable to stringify response body')));
        path = path.replace(/response$/, 'error');
    }
    call('POST', path, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), ...headers }, done).end(body);
}

function asPosted(error) {
    return error?.stack && error.name ? { errorType: error.name, errorMessage: error.message, trace: error.stack.split('\n') }
        : { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function logged(title, error) {
    console.error(title, JSON.stringify(error instanceof Error ? { ...asPosted(error), ...error } : error));
}

function contextOf({ headers }) {
    return {
        functionName: process.env.AWS_LAMBDA_FUNCTION_NAME, awsRequestId: headers['lambda-runtime-aws-request-id'],
        invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
        getRemainingTimeInMillis: () => Number(headers['lambda-runtime-deadline-ms']) - Date.now(),
    };
}

/// The callback, and the context's own functions; only the first that is called counts for each.
function older(id, again) {
    let waits = true;
    let isComplete = false;
    const once = (work) => {
        let wasCalled = false;
        return (...values) => {
            if (wasCalled) { return; }
            work(...values);
            wasCalled = true;
        };
    };
    const fail = (error) => {
        logged('Invoke Error', error);
        post(`invocation/${id}/error`, asPosted(error), again);
    };
    const complete = (value) => {
        if (isComplete) { return; }
        isComplete = true;
        post(`invocation/${id}/response`, value, again);
    };
    const isError = (error) => error !== undefined && error !== null;
    const done = (error, value) => {
        emptyLoop.work = () => {};
        if (isError(error)) { fail(error); } else { complete(value); }
    };
    const callback = (error, value) => {
        emptyLoop.work = () => {};
        if (isError(error)) { fail(error); return; }
        if (waits) { emptyLoop.work = () => setImmediate(() => complete(value)); } else { complete(value); }
    };
    const context = {
        get callbackWaitsForEmptyEventLoop() { return waits; },
        set callbackWaitsForEmptyEventLoop(value) { waits = value; },
        done: once(done), succeed: once((value) => done(null, value)), fail: once((error) => done(error ?? 'handled')),
    };
    return { callback: once(callback), context, close: () => { isComplete = true; } };
}

function buffered(handler, answer, event, again) {
    const id = answer.headers['lambda-runtime-aws-request-id'];
    const { callback, context, close } = older(id, again);
    emptyLoop.work = () => {
        close();
        if (handler.constructor.name === 'AsyncFunction') {
            post(`invocation/${id}/error`, asPosted(new Error('an unexpected exit')), again);
        } else {
            post(`invocation/${id}/response`, null, again);
        }
    };
    try {
        const runtime = { handler };
        const result = runtime.handler(event, Object.assign(context, contextOf(answer)), callback);
        if (typeof result?.then === 'function') { result.then(context.succeed, context.fail).catch(context.fail); }
    } catch (error) {
        callback(error);
    }
}

async function bufferedNew(handler, answer, event, again) {
    const id = answer.headers['lambda-runtime-aws-request-id'];
    emptyLoop.work = () => post(`invocation/${id}/error`, asPosted(new Error('an unexpected exit')), again);
    let result;
    try {
        const runtime = { handler };
        result = await runtime.handler(event, contextOf(answer));
    } catch (error) {
        logged('Invoke Error', error);
        post(`invocation/${id}/error`, asPosted(error), again);
        return;
    }
    post(`invocation/${id}/response`, result, again);
}

async function streamed(handler, answer, event, again, highWaterMark) {
    const id = answer.headers['lambda-runtime-aws-request-id'];
    let answered;
    const response = new Promise((resolve) => { answered = resolve; });
    const stream = call('POST', `invocation/${id}/response`, {
        'Content-Type': 'application/octet-stream', 'Lambda-Runtime-Function-Response-Mode': 'streaming',
        Trailer: 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body', 'X-Water': String(highWaterMark),
    }, answered);
    stream.setContentType = (type) => stream.setHeader('Content-Type', type);
    const { write } = stream;
    stream.write = function (chunk, ...rest) {
        stream._onBeforeFirstWrite?.((first) => write.call(stream, first));
        delete stream._onBeforeFirstWrite;
        return write.call(stream, typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk), ...rest);
    };
    emptyLoop.work = again;
    try {
        const result = handler(event, stream, contextOf(answer));
        if (typeof result?.then !== 'function') { throw new Error('Streaming does not support non-async handlers.'); }
        if (await result !== undefined) { console.warn('Streaming handlers ignore return values.'); }
        await response;
        emptyLoop.work = again;
    } catch (error) {
        logged('Invoke Error', error);
        stream.addTrailers({
            'Lambda-Runtime-Function-Error-Type': asPosted(error).errorType,
            'Lambda-Runtime-Function-Error-Body': Buffer.from(JSON.stringify(asPosted(error))).toString('base64'),
        });
        stream.end();
        await response;
        again();
    }
}

function next(handler, marks) {
    setImmediate(() => call('GET', 'invocation/next', {}, (answer, body) => {
        const id = answer.headers['lambda-runtime-aws-request-id'];
        crash.post = (error, done) => post(`invocation/${id}/error`, asPosted(error), done);
        const again = () => next(handler, marks);
        const run = marks.isStreaming ? streamed : isNew ? bufferedNew : buffered;
        run(handler, answer, JSON.parse(body), again, marks.highWaterMark);
    }).end());
}

process.on('uncaughtException', (error) => {
    logged('Uncaught Exception', error);
    crash.post(error, () => process.exit(129));
});
process.on('unhandledRejection', (reason) => {
    logged('Unhandled Promise Rejection', reason);
    crash.post(reason, () => process.exit(128));
});
process.on('beforeExit', () => {
    const { work } = emptyLoop;
    emptyLoop.work = () => {};
    work();
});
if (process.argv[2] !== undefined) { console.log(`Executing in ${process.cwd()}`); }
const root = process.argv[2] === undefined ? process.env.LAMBDA_TASK_ROOT : process.cwd();
const { handler, ...marks } = await load(root, process.argv[2] ?? process.env._HANDLER, require, isNew);
if (process.env.TELL_HANDLER) { console.log(`handler of ${handler.length}, ${handler.constructor.name}, ${JSON.stringify(marks)}, ${process.env._HANDLER}`); }
next(handler, marks);
