'use strict';

// The console as Lambda's Node runtimes have it: one line or one frame for each message, text or JSON.

const fs = require('fs');
const util = require('util');
const { posted } = require('./error.cjs');

const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const methods = { trace: 'TRACE', debug: 'DEBUG', info: 'INFO', log: 'INFO', warn: 'WARN', error: 'ERROR', fatal: 'FATAL' };
const requestIDKey = Symbol.for('aws.lambda.runtime.requestId');
const tenantIDKey = Symbol.for('aws.lambda.runtime.tenantId');

function setInvocation(requestID, tenantID) {
    globalThis[requestIDKey] = requestID;
    globalThis[tenantIDKey] = tenantID;
}

function textLine(level, time, parameters) {
    return `${time}\t${globalThis[requestIDKey]}\t${level}\t${util.format(...parameters)}`;
}

function errorMembers(error) {
    return {
        errorType: error.constructor?.name ?? 'UnknownError',
        errorMessage: error.message,
        stackTrace: typeof error.stack === 'string' ? error.stack.split('\n') : [],
    };
}

function jsonLine(level, time, parameters) {
    const line = { timestamp: time, level, requestId: globalThis[requestIDKey] };
    if (globalThis[tenantIDKey] !== undefined) { line.tenantId = globalThis[tenantIDKey]; }
    if (parameters.length === 1) {
        try {
            return JSON.stringify({ ...line, message: parameters[0] },
                (_, value) => (value instanceof Error ? { ...errorMembers(value), ...value } : value));
        } catch { /* a cycle, a BigInt: as text */ }
    }
    line.message = util.format(...parameters);
    const error = parameters.length > 1 ? parameters.find((one) => one instanceof Error) : undefined;
    return JSON.stringify(error === undefined ? line : { ...line, ...errorMembers(error) });
}

/// A frame on the telemetry descriptor keeps a message with line breaks whole.
function frameWriter(descriptor) {
    return (date, message) => {
        const bytes = Buffer.from(message);
        const frame = Buffer.allocUnsafe(16 + bytes.length);
        frame.writeUInt32BE(0xa55a0003, 0);
        frame.writeUInt32BE(bytes.length, 4);
        frame.writeBigUInt64BE(BigInt(date.valueOf()) * 1000n, 8);
        bytes.copy(frame, 16);
        for (let from = 0; from < frame.length;) {
            try {
                from += fs.writeSync(descriptor, frame, from);
            } catch (error) {
                if (error.code !== 'EAGAIN') { throw error; }
            }
        }
    };
}

function lineWriter(_, message) {
    process.stdout.write(message.replaceAll('\n', '\r') + '\n');
}

/// Patches the global console and returns `logError(title, error)`, which prints as Lambda does.
function install(env) {
    const isJSON = env.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON';
    const descriptor = env._LAMBDA_TELEMETRY_LOG_FD;
    delete env._LAMBDA_TELEMETRY_LOG_FD;
    const write = descriptor === undefined ? lineWriter : frameWriter(Number(descriptor));
    const end = isJSON || descriptor === undefined ? '' : '\n';
    const lowest = Math.max(0, levels.indexOf(env.AWS_LAMBDA_LOG_LEVEL?.toUpperCase()));
    const render = isJSON ? jsonLine : textLine;
    for (const [method, level] of Object.entries(methods)) {
        console[method] = levels.indexOf(level) < lowest ? () => {} : (...parameters) => {
            const date = new Date();
            write(date, render(level, date.toISOString(), parameters) + end);
        };
    }
    return (title, error) => {
        if (isJSON) { console.error(asError(error)); } else { console.error(title, `\t${printed(asError(error))}`); }
    };
}

function asError(error) {
    return error instanceof Error ? error : new Error(error);
}

function printed(error) {
    try {
        return JSON.stringify(error, (_, value) => {
            if (!(value instanceof Error)) { return value; }
            const members = { errorType: value.name, errorMessage: value.message, code: value.code, ...value };
            if (typeof value.stack === 'string') { members.stack = value.stack.split('\n'); }
            return members;
        });
    } catch {
        return JSON.stringify(posted(error));
    }
}

module.exports = { install, setInvocation };
