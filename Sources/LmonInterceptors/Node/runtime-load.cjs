'use strict';

// The handler that _HANDLER names, and Lambda's names for what can go wrong on the way to it.

const fs = require('fs');
const path = require('path');
const { imported, loadModule, member, parsed } = require('./modules.cjs');

const streamingKey = Symbol.for('aws.lambda.runtime.handler.streaming');
const highWaterMarkKey = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');

/// An error with Lambda's name for it.
function runtimeError(name, message) {
    const error = new Error(message);
    error.name = `Runtime.${name}`;
    error.stack = `${error.name}: ${message}${error.stack.slice(error.stack.indexOf('\n    at'))}`;
    return error;
}

/// Like `runtimeError`, with the place that the original error names.
function wrapped(name, original) {
    const error = runtimeError(name, String(original));
    error.stack = `${error.name}: ${String(original)}\n${original.stack ?? ''}`;
    return error;
}

/// Lambda knows no TypeScript; here it runs where Node itself does.
async function loadTypeScript(base) {
    if (process.features.typescript) { return imported(`${base}.ts`); }
    throw runtimeError('ImportModuleError', `Error: ${path.basename(base)}.ts is TypeScript, which node ${process.version} `
        + 'does not run: use node 22.18 or later, or build it to JavaScript');
}

function loaded(root, place) {
    const base = path.resolve(root, place.folder, place.name);
    const isTypeScript = fs.existsSync(`${base}.ts`) && !['', '.js', '.mjs', '.cjs'].some((end) => fs.existsSync(base + end));
    return isTypeScript ? loadTypeScript(base) : loadModule(root, place, require);
}

function installGlobals() {
    globalThis.awslambda = {
        streamifyResponse(handler, options) {
            handler[streamingKey] = 'response';
            if (typeof options?.highWaterMark === 'number') { handler[highWaterMarkKey] = options.highWaterMark; }
            return handler;
        },
        HttpResponseStream: {
            from(stream, prelude) {
                stream.setContentType('application/vnd.awslambda.http-integration-response');
                const text = JSON.stringify(prelude);
                stream._onBeforeFirstWrite = (write) => {
                    write(text);
                    write(new Uint8Array(8));
                };
                return stream;
            },
        },
    };
}

/// The handler and how it is to be called.
async function load(root, full) {
    if (full.includes('..')) {
        throw runtimeError('MalformedHandlerName', `'${full}' is not a valid handler name. Use absolute paths when `
            + 'specifying root directories in handler names.');
    }
    const place = parsed(full);
    if (place === null) { throw runtimeError('MalformedHandlerName', 'Bad handler'); }
    installGlobals();
    const exported = await loaded(root, place).catch((error) => {
        if (error instanceof SyntaxError) { throw wrapped('UserCodeSyntaxError', error); }
        if (error?.code === 'MODULE_NOT_FOUND') { throw wrapped('ImportModuleError', error); }
        throw error;
    });
    const handler = member(exported, place.members);
    if (!handler) { throw runtimeError('HandlerNotFound', `${full} is undefined or not exported`); }
    if (typeof handler !== 'function') { throw runtimeError('HandlerNotFound', `${full} is not a function`); }
    return {
        handler,
        isAsync: handler.constructor?.name === 'AsyncFunction',
        isStreaming: handler[streamingKey] === 'response',
        highWaterMark: handler[highWaterMarkKey],
    };
}

module.exports = { load, runtimeError };
