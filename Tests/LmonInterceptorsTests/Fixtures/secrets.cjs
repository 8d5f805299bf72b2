'use strict';

// Real calls that are full of secrets, at each level and with small limits: of everything that leaves the process, no
// byte may be a part of a secret, in whatever form. node secrets.cjs NODE INTERCEPTOR: one line for each failure.

const http = require('http');
const http2 = require('http2');
const net = require('net');
const path = require('path');
const { spawn } = require('child_process');
const { plan } = require('./secrets/plan.cjs');
const { Finder } = require('./secrets/finder.cjs');
const { listening } = require('./servers.cjs');

const [node, interceptor] = process.argv.slice(2);
const SEED = 20261127;

/// Every byte that is sent to it; it answers when all has been said.
function collector() {
    const chunks = [];
    let open = 0;
    const server = net.createServer({ allowHalfOpen: true }, (socket) => {
        open += 1;
        socket.on('data', (chunk) => chunks.push(chunk));
        socket.on('error', () => {});
        socket.on('end', () => socket.end());
        socket.on('close', () => { open -= 1; });
    });
    const settled = async () => {
        do { await new Promise((resolve) => { setTimeout(resolve, 25); }); } while (open > 0);
        return Buffer.concat(chunks);
    };
    return listening(server).then((port) => ({ port, settled }));
}

/// Answers each call as planned, and keeps what it was sent.
function servers(calls, received) {
    const answer = (url, write) => {
        const call = calls[Number(/^\/(\d+)/.exec(url)?.[1])];
        write(call ?? calls[0]);
    };
    const parts = ({ body, piece = 1 << 20 }) => {
        const result = [];
        for (let at = 0; at < body.length; at += Math.max(piece, 16)) { result.push(body.subarray(at, at + Math.max(piece, 16))); }
        return result;
    };
    const kept = (url, stream) => {
        const chunks = [];
        stream.on('data', (chunk) => chunks.push(chunk));
        stream.on('end', () => received.set(url, Buffer.concat(chunks)));
    };
    const one = http.createServer((request, response) => {
        if (request.url.startsWith('/broken/')) {
            request.socket.end(`HTTP/1.1 200 OK\r\nX-Token ${calls[0].headers[3][1]}\r\n\r\n`);
            return;
        }
        if (request.url.startsWith('/redirect/')) {
            const place = request.url.slice('/redirect'.length);
            response.writeHead(302, { Location: place, 'Set-Cookie': calls[0].answerHeaders[1][1] }).end();
            return;
        }
        kept(request.url, request);
        request.on('end', () => answer(request.url.replace(/^http:\/\/[^/]*/, ''), ({ status, answerHeaders, answered }) => {
            response.writeHead(status, answerHeaders.flat());
            for (const part of parts(answered)) { response.write(part); }
            response.end();
        }));
    });
    one.on('connect', (request, socket) => {
        const { status, answerHeaders } = calls[0];
        socket.end(`HTTP/1.1 ${status === 200 ? 407 : status} No\r\n${answerHeaders.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
    });
    const two = http2.createServer();
    two.on('stream', (stream, headers) => {
        kept(headers[':path'], stream);
        stream.on('end', () => answer(headers[':path'], ({ status, answerHeaders, answered }) => {
            const object = { ':status': status };
            for (const [name, value] of answerHeaders) {
                const key = name.toLowerCase();
                object[key] = object[key] === undefined ? value : [object[key], value].flat();
            }
            stream.respond(object);
            for (const part of parts(answered)) { stream.write(part); }
            stream.end();
        }));
    });
    return Promise.all([listening(one), listening(two)]);
}

async function attempt(name, limit, settings, fail) {
    const { calls, secrets } = plan(SEED, limit);
    const received = new Map();
    const ports = await servers(calls, received);
    const sink = await collector();
    const { NODE_OPTIONS: _, ...env } = process.env;
    const child = spawn(node, [path.join(__dirname, 'secrets', 'program.cjs'), SEED, limit, ...ports], {
        stdio: ['ignore', 'inherit', 'inherit'], timeout: 60000,
        env: { ...env, NODE_OPTIONS: `--require ${interceptor}`, LMON_ADDRESS: `127.0.0.1:${sink.port}`, LMON_REDACT: 'iban',
            LMON_BODY_LIMIT: String(limit), LMON_BUDGET_MS: '10000', ...settings },
    });
    const status = await new Promise((resolve) => { child.on('close', resolve); });
    if (status !== 0) { fail(`${name}: status ${status}`); }
    const bytes = await sink.settled();
    const records = bytes.toString().split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
    for (const found of new Finder(secrets).found(bytes, records)) { fail(`${name}: ${found}`); }
    for (const fault of missing(calls, received, records, settings.LMON_CAPTURE, limit)) { fail(`${name}: ${fault}`); }
}

/// That all was told: without it, there would be no secrets to be found either.
function* missing(calls, received, records, capture, limit) {
    const told = callsOf(records);
    for (const { record } of records) {
        if (record.standDown !== undefined) { yield `stood down: ${record.standDown}`; }
    }
    for (const call of calls) {
        const { number, client, sent, answered, path: url, status } = call;
        // Its URL is only a host and a port.
        if (client === 'connect') { continue; }
        const { request, response, end } = told.get(number) ?? {};
        const fault = (text) => `${number} (${client}) ${text}`;
        if (end === undefined) {
            yield fault('was not told');
        } else if (['http', 'fetch', 'http2'].includes(client)) {
            if (sent !== undefined && sent.encoding === undefined && !received.get(url)?.equals(sent.body)) { yield fault('did not arrive'); }
            const wanted = capture === 'all' || (capture === 'errors' && status >= 400);
            const { bodies } = end;
            if (sent !== undefined) { yield* side('sent', sent, request, bodies.request, wanted, number).map(fault); }
            yield* side('answered', answered, response, bodies.response, wanted, number).map(fault);
        } else if (client === 'destroyed' && !end.message?.includes(`harmless-${number}-message`)) {
            yield fault(`has the message ${end.message}`);
        }
    }
}

/// What is missing of one side of a call.
function side(name, planned, record, body, isWanted, number) {
    const mark = `harmless-${number}-${name}`;
    const faults = [];
    if (!(body?.size > 0)) { faults.push(`${name}: no size`); }
    if (!record?.headers.some(([header, value]) => header.toLowerCase() === 'x-page' && value === mark)) { faults.push(`${name}: no headers`); }
    if (shows(body, mark) !== (isWanted && !planned.isHidden)) { faults.push(`${name}: ${JSON.stringify(body).slice(0, 200)}`); }
    return faults;
}

/// By the number in their URL.
function callsOf(records) {
    const calls = new Map();
    const told = new Map();
    for (const { type, record } of records) {
        if (type === 'http.request') {
            const call = { request: record };
            calls.set(record.callId, call);
            const number = /harmless-(\d+)-url/.exec(record.url)?.[1];
            if (number !== undefined) { told.set(Number(number), call); }
        } else if (type.startsWith('http.')) {
            calls.get(record.callId)[type.slice(5)] = record;
        }
    }
    return told;
}

function shows(body, mark) {
    return body?.text?.includes(mark) === true || (body?.base64 !== undefined && Buffer.from(body.base64, 'base64').includes(mark));
}

(async () => {
    let failures = 0;
    const fail = (text) => { failures += 1; if (failures <= 40) { console.log(text.slice(0, 400)); } };
    await attempt('all', 16384, { LMON_CAPTURE: 'all' }, fail);
    await attempt('all, cut', 120, { LMON_CAPTURE: 'all' }, fail);
    await attempt('errors', 4000, { LMON_CAPTURE: 'errors' }, fail);
    await attempt('headers', 4000, { LMON_CAPTURE: 'headers' }, fail);
    process.exit(failures > 0 ? 1 : 0);
})();
