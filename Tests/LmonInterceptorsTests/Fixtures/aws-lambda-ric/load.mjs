// How Lambda's runtime client for Node loads a handler.

import fs from 'node:fs';
import path from 'node:path';

const named = (name) => {
    const made = class extends Error {};
    made.prototype.name = `Runtime.${name}`;
    return made;
};
const ImportModuleError = named('ImportModuleError');
const UserCodeSyntaxError = named('UserCodeSyntaxError');
const HandlerNotFound = named('HandlerNotFound');
const MalformedHandlerName = named('MalformedHandlerName');
const CallbackHandlerDeprecated = named('CallbackHandlerDeprecated');

function isModule(folder) {
    if (folder.endsWith('/node_modules')) { return false; }
    const file = path.join(folder, 'package.json');
    if (fs.existsSync(file)) {
        try { return JSON.parse(fs.readFileSync(file)).type === 'module'; } catch { return false; }
    }
    return folder !== '/' && isModule(path.dirname(folder));
}

async function older(root, folder, name, require) {
    const base = path.resolve(root, folder, name);
    const required = (end) => (fs.existsSync(base + end) ? require(base + end) : undefined);
    const imported = async (end) => (fs.existsSync(base + end) ? import(base + end) : undefined);
    const isESM = fs.existsSync(`${base}.js`) && isModule(path.dirname(base));
    return required('') || (!isESM && required('.js')) || (isESM && await imported('.js')) || await imported('.mjs')
        || required('.cjs') || require(require.resolve(name, { paths: [root, folder] }));
}

async function newer(root, folder, name, require) {
    const base = path.resolve(root, folder, name);
    for (const end of ['', '.js', '.mjs', '.cjs']) {
        if (fs.existsSync(base + end)) { return import(base + end); }
    }
    return require(require.resolve(name, { paths: [root, path.join(root, folder)] }));
}

function resolve(exported, members) {
    return members.split('.').reduce((object, key) => object && object[key], exported);
}

export async function load(root, full, require, isNew) {
    if (full.includes('..')) { throw new MalformedHandlerName(`'${full}' is not a valid handler name.`); }
    const base = path.basename(full);
    const [, name, members] = base.match(/^([^.]*)\.(.*)$/) ?? [];
    if (name === undefined) { throw new MalformedHandlerName('Bad handler'); }
    globalThis.awslambda = {
        streamifyResponse: (handler, options) => {
            handler[Symbol.for('aws.lambda.runtime.handler.streaming')] = 'response';
            if (options?.highWaterMark) { handler[Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark')] = options.highWaterMark; }
            return handler;
        },
        HttpResponseStream: {
            from: (stream, prelude) => {
                stream.setContentType('application/vnd.awslambda.http-integration-response');
                stream._onBeforeFirstWrite = (write) => { write(JSON.stringify(prelude)); write(new Uint8Array(8)); };
                return stream;
            },
        },
    };
    const folder = full.slice(0, full.indexOf(base));
    let exported;
    try {
        exported = await (isNew ? newer : older)(root, folder, name, require);
    } catch (error) {
        if (error instanceof SyntaxError) { throw new UserCodeSyntaxError(error); }
        if (error?.code === 'MODULE_NOT_FOUND') { throw new ImportModuleError(error); }
        throw error;
    }
    const handler = resolve(exported, members) || (isNew ? resolve(exported.default, members) : undefined);
    if (!handler) { throw new HandlerNotFound(`${full} is undefined or not exported`); }
    if (typeof handler !== 'function') { throw new HandlerNotFound(`${full} is not a function`); }
    const isStreaming = handler[Symbol.for('aws.lambda.runtime.handler.streaming')] === 'response';
    if (isNew && handler.length === 3 && handler.constructor.name !== 'AsyncFunction' && !isStreaming) {
        throw new CallbackHandlerDeprecated('callbacks were removed');
    }
    return { handler, isStreaming, highWaterMark: handler[Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark')] };
}
