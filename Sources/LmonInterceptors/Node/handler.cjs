'use strict';

// The handler under Lambda's own runtime client, which is told to load handler.mjs in its place. That loads the
// function's module the way the client would have, so that whatever fails fails alike, and hands on the handler in a
// proxy, which has the handler's length, kind and marks. The proxy carries the invocation in async context and tells of
// its end.

const fs = require('fs');
const path = require('path');
const { createRequire } = require('module');
const { types } = require('util');
const { posted } = require('./error.cjs');
const { began, ended, wantsPayloads } = require('./invocations.cjs');
const { hasCallbacks, loadModule, member, parsed } = require('./modules.cjs');
const { guarded, shared } = require('./shared.cjs');

const streamingKey = Symbol.for('aws.lambda.runtime.handler.streaming');
const invocationKey = Symbol.for('lmon.invocation');
const handlerKey = Symbol.for('lmon.handler');
/// As it is before the program runs, which may have one of its own.
const Native = Promise;
const promiseThen = Native.prototype.then;
const { stringify } = JSON;

/// Points the runtime client, which this process must be, to handler.mjs. When what is required first is through, and not
/// before: it is to see the function's own handler. A tick would be too late: from Node 22 on there is none between what
/// --import names and the client's module.
function redirect() {
    const { env, argv } = process;
    const stand = `${__dirname}/handler`;
    if (stand.includes('..') || !fs.existsSync(`${stand}.mjs`)) { return; }
    queueMicrotask(() => {
        const isArgument = argv[2] !== undefined && (env._HANDLER === undefined || env._HANDLER === argv[2]);
        const full = isArgument ? argv[2] : env._HANDLER;
        const place = full ? parsed(full) : null;
        if (place === null) { return; }
        const hadVariable = env._HANDLER !== undefined;
        if (hadVariable) { env._HANDLER = `${stand}.handler`; }
        if (isArgument) { argv[2] = `${stand}.handler`; }
        globalThis[handlerKey] = () => {
            delete globalThis[handlerKey];
            if (hadVariable) { env._HANDLER = full; }
            if (isArgument) { argv[2] = full; }
            return load(isArgument ? process.cwd() : env.LAMBDA_TASK_ROOT ?? process.cwd(), full, place);
        };
    });
}

class HandlerNotFound extends Error {}
HandlerNotFound.prototype.name = 'Runtime.HandlerNotFound';

async function load(root, full, place) {
    try {
        return await found(root, full, place);
    } catch (error) {
        guarded(() => hideFrames(error));
        throw error;
    }
}

async function found(root, full, place) {
    const exported = await loadModule(root, place, createRequire(process.argv[1]));
    const handler = member(exported, place.members);
    if (!handler) { throw new HandlerNotFound(`${full} is undefined or not exported`); }
    if (typeof handler !== 'function') { throw new HandlerNotFound(`${full} is not a function`); }
    return guarded(() => wrapped(handler)) ?? handler;
}

let current = null;

function wrapped(handler) {
    const { AsyncLocalStorage } = require('async_hooks');
    const storage = globalThis[invocationKey] ??= new AsyncLocalStorage();
    const isStreaming = handler[streamingKey] === 'response';
    // Ours comes before the client's, which posts what a handler owes that waits for an empty event loop.
    process.prependListener('beforeExit', () => guarded(() => current?.ranDry()));
    return new Proxy(handler, {
        apply(target, self, args) {
            const invocation = guarded(() => invoked(target, args, isStreaming, storage));
            if (!invocation) { return Reflect.apply(target, self, args); }
            let result;
            try {
                result = Reflect.apply(target, self, args);
            } catch (error) {
                guarded(() => invocation.failed(error));
                throw error;
            }
            return guarded(() => invocation.returned(result)) ?? result;
        },
    });
}

function invoked(target, args, isStreaming, storage) {
    const context = args[isStreaming ? 2 : 1];
    if (typeof context?.awsRequestId !== 'string') { return null; }
    const invocation = new Invocation(context, target.constructor?.name === 'AsyncFunction');
    storage.enterWith(invocation.id);
    current = invocation;
    if (isStreaming) {
        if (wantsPayloads()) { invocation.watchStream(args[1]); }
    } else {
        invocation.watchContext();
        if (typeof args[2] === 'function') { args[2] = invocation.callback(args[2]); }
    }
    began(invocation.id, () => {
        const deadlineMs = Math.round(Date.now() + (context.getRemainingTimeInMillis?.() ?? 0));
        return { text: stringify(args[0]) ?? '', deadlineMs, invokedFunctionArn: context.invokedFunctionArn };
    });
    return invocation;
}

/// One run of the handler, which ends once.
class Invocation {
    constructor(context, isAsync) {
        this.id = context.awsRequestId;
        this.context = context;
        this.isAsync = isAsync;
        this.isEnded = false;
        this.isCalledBack = false;
        this.stream = null;
        this.contentType = 'application/octet-stream';
    }

    returned(result) {
        if (typeof result?.then !== 'function') {
            if (!hasCallbacks) { this.succeeded(result); }
            return undefined;
        }
        const succeeded = (value) => guarded(() => this.succeeded(value));
        const failed = (error) => guarded(() => this.failed(error));
        if (types.isPromise(result) && result.constructor === Native) {
            promiseThen.call(result, succeeded, failed);
            return result;
        }
        // What is no promise may do its work each time that it is asked: it is asked when, and as often as, the client asks.
        const before = (look, use) => (typeof use === 'function' ? (value) => { look(value); return use(value); } : use);
        return { then: (resolve, reject) => result.then(before(succeeded, resolve), before(failed, reject)) };
    }

    succeeded(value) {
        if (this.isEnded) { return; }
        this.isEnded = true;
        const written = () => (isPlain(value, 0) ? stringify(value === undefined ? null : value) : undefined);
        ended(this.id, true, this.stream ?? (wantsPayloads() ? guarded(written) : undefined),
            this.stream === null ? undefined : this.contentType);
    }

    failed(error) {
        if (this.isEnded) { return; }
        this.isEnded = true;
        hideFrames(error);
        ended(this.id, false, wantsPayloads() ? stringify(posted(error)) : undefined);
    }

    settled(error, value) {
        if (error === undefined || error === null) { this.succeeded(value); } else { this.failed(error); }
    }

    /// A callback's result is posted when the event loop is empty, if the function has not said otherwise.
    callback(original) {
        const invocation = this;
        return function () {
            const [error, value] = arguments;
            guarded(() => {
                const waits = (error === undefined || error === null) && invocation.context.callbackWaitsForEmptyEventLoop;
                if (!waits) { invocation.settled(error, value); } else if (!invocation.isCalledBack) { invocation.value = value; }
                invocation.isCalledBack = true;
            });
            return original.apply(this, arguments);
        };
    }

    watchContext() {
        const { context } = this;
        const watch = (name, settle) => {
            const original = context[name];
            if (typeof original !== 'function') { return; }
            context[name] = function () {
                guarded(() => settle(...arguments));
                return original.apply(this, arguments);
            };
        };
        watch('done', (error, value) => this.settled(error, value));
        watch('succeed', (value) => this.settled(null, value));
        watch('fail', (error) => this.settled(error ?? 'handled'));
    }

    watchStream(stream) {
        const { Capture, SLACK } = require('./bodies.cjs');
        const capture = new Capture(shared.limit + SLACK);
        this.stream = capture;
        const add = (chunk, encoding) => {
            if (chunk === undefined || chunk === null || typeof chunk === 'function') { return; }
            if (typeof chunk === 'string' || chunk instanceof Uint8Array) { capture.add(chunk, encoding); } else { capture.add(stringify(chunk)); }
        };
        const watch = (name, look) => {
            const original = stream[name];
            if (typeof original !== 'function') { return; }
            stream[name] = function () {
                guarded(() => look(arguments[0], arguments[1]));
                return original.apply(this, arguments);
            };
        };
        watch('write', add);
        watch('end', add);
        watch('setContentType', (type) => { this.contentType = String(type); });
    }

    /// The event loop is empty: a callback's result is due, or the handler will never end.
    ranDry() {
        if (this.isEnded) { return; }
        if (this.isCalledBack || (!this.isAsync && hasCallbacks)) {
            this.succeeded(this.value);
        } else {
            this.isEnded = true;
            ended(this.id, false);
        }
    }
}

const ownJSON = [Date, Buffer, URL].map((kind) => kind.prototype.toJSON);

/// Whether the client writes the same once we have written it: what has a `toJSON` of its own may do its work each time.
function isPlain(value, depth) {
    if (typeof value !== 'object' || value === null) { return true; }
    const { toJSON } = value;
    if (typeof toJSON === 'function') { return ownJSON.includes(toJSON); }
    // `stringify` refuses what holds itself.
    return depth < 1000 && Object.keys(value).every((key) => isPlain(value[key], depth + 1));
}

/// Our own frames are no part of the function.
function hideFrames(error) {
    if (typeof error?.stack !== 'string' || !error.stack.includes(__dirname)) { return; }
    const own = [__filename, path.join(__dirname, 'handler.mjs')];
    error.stack = error.stack.split('\n').filter((line) => !own.some((file) => line.includes(file))).join('\n');
}

module.exports = { redirect };
