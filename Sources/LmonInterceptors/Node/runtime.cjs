'use strict';

// A Lambda runtime client for Node: takes invocations from the Runtime API and runs the handler. Started as
// `node runtime.cjs` with the variables that Lambda sets. Behaves as Lambda's own clients do: nodejs18.x to nodejs22.x
// with callbacks, nodejs24.x without.

const { AsyncLocalStorage } = require('async_hooks');
const { posted } = require('./error.cjs');
const { hasCallbacks } = require('./modules.cjs');
const { RuntimeAPI } = require('./runtime-api.cjs');
const { load, runtimeError } = require('./runtime-load.cjs');
const log = require('./runtime-log.cjs');

const { env } = process;
const exit = process.exit.bind(process);
const invocations = globalThis[Symbol.for('lmon.invocation')] ??= new AsyncLocalStorage();
const flush = () => globalThis[Symbol.for('lmon.flush')]?.();
/// What the interceptor, if it is loaded, tells of invocations.
const told = globalThis[Symbol.for('lmon.invocations')] ?? { began: () => {}, ended: () => {} };
const logError = log.install(env);
const api = new RuntimeAPI(env.AWS_LAMBDA_RUNTIME_API);

/// What runs when the event loop is empty.
let whenEmpty = () => {};
/// Where an error that nobody caught is reported.
let report = (error) => postInitError(error);

function postInitError(error) {
    const body = posted(error);
    return api.post('init/error', JSON.stringify(body), `Lambda-Runtime-Function-Error-Type: ${body.errorType}\r\n`);
}

function fatal(title, error, status) {
    logError(title, error);
    flush();
    report(error).then(() => exit(status), () => exit(status));
}

/// One invocation's answers, of which only the first counts.
class Invocation {
    constructor({ headers, body }) {
        this.headers = headers;
        this.body = body;
        this.id = headers['lambda-runtime-aws-request-id'];
        this.path = `invocation/${encodeURIComponent(this.id)}/`;
        const nonce = headers['lambda-runtime-invocation-id'];
        this.echo = nonce === undefined ? '' : `Lambda-Runtime-Invocation-Id: ${nonce}\r\n`;
        this.isDone = false;
        this.waitsForEmptyLoop = true;
    }

    /// Also the source of the X-Ray header that SDKs read.
    context() {
        const { headers } = this;
        const deadline = Number(headers['lambda-runtime-deadline-ms']);
        const parsed = (name) => (headers[name] === undefined ? undefined : JSON.parse(headers[name]));
        const trace = headers['lambda-runtime-trace-id'];
        if (trace === undefined) { delete env._X_AMZN_TRACE_ID; } else { env._X_AMZN_TRACE_ID = trace; }
        const context = {
            functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
            functionName: env.AWS_LAMBDA_FUNCTION_NAME,
            memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
            logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
            logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
            clientContext: parsed('lambda-runtime-client-context'),
            identity: parsed('lambda-runtime-cognito-identity'),
            invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
            awsRequestId: this.id,
            tenantId: headers['lambda-runtime-aws-tenant-id'],
            getRemainingTimeInMillis: () => deadline - Date.now(),
        };
        if (!hasCallbacks) { return context; }
        const waits = {
            get: () => this.waitsForEmptyLoop, set: (value) => { this.waitsForEmptyLoop = value; },
            enumerable: true, configurable: true,
        };
        Object.defineProperty(context, 'callbackWaitsForEmptyEventLoop', waits);
        context.succeed = (result) => this.finish(null, result);
        context.fail = (error) => this.finish(error ?? 'handled');
        context.done = (error, result) => this.finish(error, result);
        return context;
    }

    finish(error, result) {
        if (this.isDone) { return; }
        whenEmpty = () => {};
        if (error !== undefined && error !== null) { this.fail(error); } else { this.succeed(result); }
    }

    /// The third argument of a callback handler.
    callback(error, result) {
        if (this.isDone) { return; }
        if ((error !== undefined && error !== null) || !this.waitsForEmptyLoop) {
            this.finish(error, result);
        } else {
            this.callback = () => {};
            whenEmpty = () => this.finish(null, result);
        }
    }

    succeed(result) {
        let body;
        try {
            body = JSON.stringify(result === undefined ? null : result) ?? 'null';
        } catch {
            this.fail(new Error('Unable to stringify response body'));
            return;
        }
        this.post('response', body);
    }

    fail(error) {
        logError('Invoke Error', error);
        this.post('error', JSON.stringify(posted(error)));
    }

    post(kind, body) {
        this.isDone = true;
        told.ended(this.id, kind === 'response', body);
        api.post(this.path + kind, body, this.echo).then(next, gone);
    }

    began() {
        told.began(this.id, () => ({
            text: this.body,
            deadlineMs: Number(this.headers['lambda-runtime-deadline-ms']),
            invokedFunctionArn: this.headers['lambda-runtime-invoked-function-arn'],
        }));
    }

    run({ handler, isAsync }) {
        this.began();
        whenEmpty = () => {
            if (isAsync || !hasCallbacks) {
                this.finish(runtimeError('NodeJsExit', 'The Lambda runtime client detected an unexpected Node.js exit '
                    + 'code. This is most commonly caused by a Promise that was never settled. For more information, '
                    + 'see https://nodejs.org/docs/latest/api/process.html#exit-codes'));
            } else {
                this.finish(null, null);
            }
        };
        try {
            const event = JSON.parse(this.body);
            const result = hasCallbacks
                ? handler(event, this.context(), (error, value) => this.callback(error, value))
                : handler(event, this.context());
            if (typeof result?.then === 'function') {
                result.then((value) => this.finish(null, value), (error) => this.finish(error ?? 'handled'));
            } else if (!hasCallbacks) {
                this.finish(null, result);
            }
        } catch (error) {
            this.finish(error ?? 'handled');
        }
    }

    async stream({ handler, highWaterMark }) {
        whenEmpty = () => {};
        this.began();
        let isSuccess = true;
        const stream = api.stream(`${this.path}response`, this.echo, highWaterMark);
        const fail = (error) => {
            isSuccess = false;
            logError('Invoke Error', error);
            stream.fail(posted(error));
        };
        try {
            const context = this.context();
            const result = handler(JSON.parse(this.body), stream, context);
            if (typeof result?.then !== 'function') { throw 'Streaming does not support non-async handlers.'; }
            if (await result !== undefined) { console.warn('Streaming handlers ignore return values.'); }
        } catch (error) {
            fail(error);
        }
        told.ended(this.id, isSuccess);
        await stream.answered;
        this.isDone = true;
        flush();
        if (!hasCallbacks || !this.waitsForEmptyLoop) { next(); return; }
        whenEmpty = next;
    }
}

let loaded;

function gone() {
    exit(1);
}

function next() {
    whenEmpty = () => {};
    flush();
    api.next().then((answer) => {
        if (answer.status !== 200) { gone(); return; }
        const invocation = new Invocation(answer);
        log.setInvocation(invocation.id, answer.headers['lambda-runtime-aws-tenant-id']);
        report = (error) => api.post(`${invocation.path}error`, JSON.stringify(posted(error)), invocation.echo);
        invocations.run(invocation.id, () => {
            if (loaded.isStreaming) { invocation.stream(loaded).catch(gone); } else { invocation.run(loaded); }
        });
    }, gone);
}

process.on('uncaughtException', (error) => fatal('Uncaught Exception', error, 129));
process.on('unhandledRejection', (reason) => {
    const error = runtimeError('UnhandledPromiseRejection', String(reason));
    error.stack = `${error.name}: ${error.message}\n${reason?.stack ?? ''}`;
    error.reason = reason;
    error.promise = {};
    fatal('Unhandled Promise Rejection', error, 128);
});
process.on('beforeExit', () => {
    const work = whenEmpty;
    whenEmpty = () => {};
    work();
});

load(env.LAMBDA_TASK_ROOT, env._HANDLER).then((found) => {
    if (!hasCallbacks && found.handler.length === 3 && !found.isAsync && !found.isStreaming) {
        throw runtimeError('CallbackHandlerDeprecated', 'ERROR: AWS Lambda has removed support for callback-based '
            + 'function handlers starting with Node.js 24. You need to modify this function to use a supported handler '
            + 'signature to use Node.js 24 or later. For more information see '
            + 'https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.');
    }
    loaded = found;
    next();
}).catch((error) => fatal(hasCallbacks ? 'Uncaught Exception' : 'Init Error', error, 129));
