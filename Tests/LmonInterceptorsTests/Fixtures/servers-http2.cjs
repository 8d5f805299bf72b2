'use strict';

// An upstream that speaks HTTP/2, with a behaviour for each path.

const http2 = require('http2');
const zlib = require('zlib');

const certificate = require('./certificate.cjs');
const { json, listening } = require('./servers.cjs');

const plain = { ':status': 200, 'content-type': 'application/json' };
const behaviours = {
    '/bad': (stream) => { stream.respond({ ':status': 502 }); stream.end('bad gateway'); },
    '/slow': (stream) => { stream.respond(plain); setTimeout(() => stream.end(json), 20); },
    '/echo': (stream, headers) => {
        stream.respond({ ':status': 200, 'content-type': headers['content-type'] ?? 'text/plain' });
        stream.pipe(stream);
    },
    '/gzip': (stream) => { stream.respond({ ...plain, 'content-encoding': 'gzip' }); stream.end(zlib.gzipSync(json)); },
    '/br': (stream) => { stream.respond({ ...plain, 'content-encoding': 'br' }); stream.end(zlib.brotliCompressSync(json)); },
    '/redirect': (stream, headers) => { stream.respond({ ':status': 302, location: headers[':path'].replace('/redirect', '/ok') }); stream.end(); },
    '/stream': (stream) => {
        stream.respond(plain);
        stream.write('one');
        setTimeout(() => stream.end('two'), 5);
    },
    '/events': (stream) => {
        stream.respond({ ':status': 200, 'content-type': 'text/event-stream' });
        stream.end('data: {"n":0,"token":"abc"}\n\n');
    },
    '/big': (stream) => { stream.respond(plain); stream.end('a'.repeat(1 << 20)); },
    '/push': (stream) => {
        stream.pushStream({ ':path': '/pushed' }, (error, pushed) => {
            if (!error) { pushed.on('error', () => {}); pushed.respond(plain); pushed.end('pushed'); }
            stream.respond(plain);
            stream.end(json);
        });
    },
    '/reset': (stream) => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR),
    '/cut': (stream) => {
        stream.respond(plain);
        stream.write('x'.repeat(100));
        setTimeout(() => stream.destroy(new Error('cut')), 20);
    },
    '/goaway': (stream) => stream.session.destroy(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM),
    '/never': () => {},
};

function http2Upstream(isSecure) {
    const server = isSecure ? http2.createSecureServer(certificate) : http2.createServer();
    server.on('sessionError', () => {});
    server.on('session', (session) => session.on('error', () => {}));
    server.on('stream', streamed);
    return listening(server);
}

function streamed(stream, headers) {
    stream.on('error', () => {});
    const behaviour = behaviours[headers[':path'].split('?')[0]];
    if (behaviour !== undefined) { behaviour(stream, headers); return; }
    stream.respond({ ...plain, 'set-cookie': ['a=1', 'b=2'] });
    stream.end(json);
}

module.exports = { http2Upstream, streamed };
