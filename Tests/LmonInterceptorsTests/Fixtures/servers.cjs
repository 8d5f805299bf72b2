'use strict';

// What the cases talk to: an upstream with a behaviour for each path, and an ingest that keeps the records it gets.

const http = require('http');
const https = require('https');
const zlib = require('zlib');

const certificate = require('./certificate.cjs');

const json = JSON.stringify({ id: 4, name: 'Ada', password: 'hunter2' });

const behaviours = {
    '/ok': (_, response) => response.setHeader('Content-Type', 'application/json').end(json),
    '/redirect': (request, response) => response.writeHead(302, { Location: request.url.replace('/redirect', '/ok') }).end(),
    '/bad': (_, response) => response.writeHead(502, { 'Content-Type': 'text/plain' }).end('bad gateway'),
    '/cut': (_, response) => {
        response.writeHead(200, { 'Content-Length': 1000 });
        response.write('x'.repeat(100), () => setTimeout(() => response.destroy(), 20));
    },
    '/never': () => {},
    '/hang': (_, response) => response.writeHead(200, { 'Content-Length': 1000 }).write('first'),
    '/hangup': (request) => request.socket.destroy(),
    '/stream': (_, response) => {
        let left = 5;
        const next = () => {
            if (left === 0) { response.end(); return; }
            left -= 1;
            response.write(`chunk ${left}\n`);
            setTimeout(next, 2);
        };
        next();
    },
    '/events': (_, response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        for (let i = 0; i < 3; i += 1) { response.write(`data: {"n":${i},"token":"abc"}\n\n`); }
        response.end();
    },
    '/big': (request, response) => {
        const chunk = Buffer.alloc(65536, 'a');
        let left = Number(new URL(request.url, 'http://x').searchParams.get('mb')) * 16;
        const more = () => {
            while (left > 0) {
                left -= 1;
                if (!response.write(chunk)) { response.once('drain', more); return; }
            }
            response.end();
        };
        more();
    },
    '/echo': (request, response) => {
        const chunks = [];
        request.on('data', (chunk) => chunks.push(chunk));
        request.on('end', () => response
            .setHeader('Content-Type', request.headers['content-type'] ?? 'text/plain').end(Buffer.concat(chunks)));
    },
    '/encoded': (request, response) => {
        response.setHeader('Content-Encoding', new URL(request.url, 'http://x').searchParams.get('as'));
        response.end('plain');
    },
    '/empty': (_, response) => response.writeHead(204).end(),
    '/binary': (_, response) => response.setHeader('Content-Type', 'image/png').end(Buffer.from([0x89, 0x50, 0, 0xff])),
    '/headers': (_, response) => {
        response.setHeader('Set-Cookie', ['a=1', 'b=2']);
        response.end('ok');
    },
};
for (const [name, pack] of [['gzip', zlib.gzipSync], ['br', zlib.brotliCompressSync], ['deflate', zlib.deflateSync]]) {
    behaviours[`/${name}`] = (request, response) => {
        const size = Number(new URL(request.url, 'http://x').searchParams.get('size') ?? 0);
        const text = size === 0 ? json : JSON.stringify({ token: 'abc', text: 'y'.repeat(size) });
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': name });
        response.end(pack(text));
    };
}

function answer(request, response) {
    const path = request.url.split('?')[0];
    (behaviours[path] ?? behaviours['/ok'])(request, response);
}

function secureUpstream() {
    return listening(https.createServer(certificate, answer));
}

function upstream() {
    const server = http.createServer(answer);
    server.keepAliveTimeout = 60000;
    server.on('checkContinue', (request, response) => {
        response.writeContinue();
        behaviours['/echo'](request, response);
    });
    server.on('connect', (request, socket) => {
        const [host, port] = request.url.split(':');
        const onward = require('net').connect(port, host, () => {
            socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
            onward.pipe(socket).pipe(onward);
        });
        onward.on('error', () => socket.destroy());
        socket.on('error', () => onward.destroy());
    });
    return listening(server);
}

/// Keeps every record, in the order of arrival, and what it could not read. Answers once the process has said its last: one
/// that ends with answers unread resets the connection, and what is under way to a busy reader is lost with it.
function ingest() {
    const records = [];
    const faults = [];
    const server = http.createServer((request, response) => {
        const chunks = [];
        request.on('data', (chunk) => chunks.push(chunk));
        request.on('end', () => {
            for (const line of Buffer.concat(chunks).toString().split('\n')) {
                if (line === '') { continue; }
                try { records.push(JSON.parse(line)); } catch (error) { faults.push(`${error.message}: ${line.slice(0, 200)}`); }
            }
            response.setHeader('Content-Type', 'application/json');
            request.socket.setMaxListeners(0).once('end', () => response.end('{}'));
        });
    });
    server.keepAliveTimeout = 60000;
    return listening(server).then((port) => ({ port, records, faults, server }));
}

function listening(server) {
    return new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(server.address().port)); });
}

/// Waits until what the process wrote before its end has been read: the connection has ended, or nothing comes.
async function settled(sink) {
    for (let seen = -1; seen !== sink.records.length;) {
        seen = sink.records.length;
        await new Promise((resolve) => { setTimeout(resolve, 25); });
        while (await new Promise((resolve) => { sink.server.getConnections((_, count) => resolve(count)); }) > 0) {
            await new Promise((resolve) => { setTimeout(resolve, 5); });
        }
    }
}

module.exports = { answer, behaviours, json, listening, upstream, secureUpstream, ingest, settled };
