'use strict';

// Finds and loads the handler that _HANDLER names, CommonJS or ES module, as Lambda's Node runtimes do.

const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');

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

function isModuleFolder(folder) {
    for (let at = folder; !at.endsWith('/node_modules'); at = path.dirname(at)) {
        const file = path.join(at, 'package.json');
        if (fs.existsSync(file)) {
            try { return JSON.parse(fs.readFileSync(file, 'utf8'))?.type === 'module'; } catch { return false; }
        }
        if (at === path.dirname(at)) { return false; }
    }
    return false;
}

async function loadModule(root, folder, name) {
    const base = path.resolve(root, folder, name);
    const imported = (file) => import(pathToFileURL(file).href);
    if (fs.existsSync(base) && fs.statSync(base).isFile()) { return require(base); }
    if (fs.existsSync(`${base}.js`)) {
        return isModuleFolder(path.dirname(base)) ? imported(`${base}.js`) : require(`${base}.js`);
    }
    if (fs.existsSync(`${base}.mjs`)) { return imported(`${base}.mjs`); }
    if (fs.existsSync(`${base}.cjs`)) { return require(`${base}.cjs`); }
    if (fs.existsSync(`${base}.ts`)) {
        if (process.features.typescript) { return imported(`${base}.ts`); }
        throw runtimeError('ImportModuleError', `Error: ${name}.ts is TypeScript, which node ${process.version} does not run: `
            + 'use node 22.18 or later, or build it to JavaScript');
    }
    return require(require.resolve(name, { paths: [root, path.resolve(root, folder)] }));
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
    const name = path.basename(full);
    const dot = name.indexOf('.');
    if (dot < 0) { throw runtimeError('MalformedHandlerName', 'Bad handler'); }
    installGlobals();
    const exported = await loadModule(root, full.slice(0, full.length - name.length), name.slice(0, dot)).catch((error) => {
        if (error instanceof SyntaxError) { throw wrapped('UserCodeSyntaxError', error); }
        if (error?.code === 'MODULE_NOT_FOUND') { throw wrapped('ImportModuleError', error); }
        throw error;
    });
    const handler = name.slice(dot + 1).split('.').reduce((object, key) => object?.[key], exported);
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
