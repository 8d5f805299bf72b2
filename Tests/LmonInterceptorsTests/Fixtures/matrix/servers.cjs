'use strict';

// The upstreams of the matrix, which note what reaches them for each cell.

const http = require('http');
const http2 = require('http2');
const https = require('https');
const net = require('net');

const certificate = require('../certificate.cjs');
const { answer, behaviours, listening } = require('../servers.cjs');
const { streamed } = require('../servers-http2.cjs');

let seen = new Map();
/// Called with the cell of each request.
const reached = { tell: () => {} };

function cellOf(url) {
    return new URL(url, 'http://x').searchParams.get('cell') ?? url;
}

function note(cell, text) {
    seen.set(cell, [...(seen.get(cell) ?? []), text]);
}

/// What has been seen since the last time, by cell, in an order of its own.
function taken() {
    const result = {};
    for (const [cell, texts] of seen) { result[cell] = texts.sort(); }
    seen = new Map();
    return result;
}

/// Notes the bytes of each request on a server's connections: none comes before the one before is answered.
function watched(server, event) {
    const bytes = new WeakMap();
    server.on(event, (socket) => {
        bytes.set(socket, []);
        socket.on('data', (chunk) => bytes.get(socket).push(chunk));
        socket.on('error', () => {});
    });
    const begun = (request, response) => {
        reached.tell(cellOf(request.url));
        const { socket } = request;
        const end = () => {
            const all = bytes.get(socket);
            if (all === undefined) { return; }
            bytes.set(socket, []);
            if (all.length > 0) { note(cellOf(request.url), Buffer.concat(all).toString('latin1')); }
        };
        response.on('finish', end);
        response.on('close', end);
    };
    server.prependListener('request', begun);
    server.prependListener('checkContinue', begun);
    server.on('checkContinue', (request, response) => {
        response.writeContinue();
        behaviours['/echo'](request, response);
    });
    server.keepAliveTimeout = 60000;
    return listening(server);
}

function noted(stream, headers) {
    reached.tell(cellOf(headers[':path']));
    const chunks = [];
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('close', () => note(cellOf(headers[':path']), JSON.stringify([headers, Buffer.concat(chunks).toString()])));
}

function upstream2(isSecure) {
    const server = isSecure ? http2.createSecureServer({ ...certificate, allowHTTP1: true }) : http2.createServer();
    server.on('sessionError', () => {});
    server.on('session', (session) => session.on('error', () => {}));
    server.on('checkContinue', () => {});
    server.on('request', (request, response) => { if (request.httpVersion === '1.1') { answer(request, response); } });
    server.on('stream', (stream, headers) => {
        noted(stream, headers);
        if (headers.expect === '100-continue') { stream.additionalHeaders({ ':status': 100 }); }
        streamed(stream, headers);
    });
    return listening(server);
}

/// A proxy: CONNECT, and requests for whole URLs.
function proxy() {
    const server = http.createServer((request, response) => {
        const { host: _, ...headers } = request.headers;
        const onward = http.request(request.url, { method: request.method, headers }, (answered) => {
            response.writeHead(answered.statusCode, answered.rawHeaders);
            answered.pipe(response);
        });
        onward.on('error', () => response.destroy());
        request.pipe(onward);
    });
    server.on('connect', (request, socket) => {
        const [host, port] = request.url.split(':');
        note('proxy', `CONNECT ${JSON.stringify({ ...request.headers, host: 'proxy' })}`);
        const onward = net.connect(port, host, () => {
            socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
            onward.pipe(socket).pipe(onward);
        });
        onward.on('error', () => socket.destroy());
        socket.on('error', () => onward.destroy());
    });
    return listening(server);
}

/// A port at which nobody listens: below those that systems hand out, with no protocol of its own, and not one that `fetch` bars.
const CLOSED = 4;

async function start() {
    return {
        ports: {
            closed: CLOSED,
            http: await watched(http.createServer(answer), 'connection'),
            https: await watched(https.createServer(certificate, answer), 'secureConnection'),
            http2: await upstream2(false), secureHTTP2: await upstream2(true),
        },
        proxyPort: await proxy(),
    };
}

module.exports = { reached, start, taken };
