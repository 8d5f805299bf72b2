'use strict';

// Programs with node:http2, for programs.cjs. Each loads it itself: that it is loaded late is part of what is tested.

const authority = (port) => `http://127.0.0.1:${port}`;

/// One stream; the outcome as the program sees it.
function stream(session, path, headers = {}, body = undefined, options = {}) {
    return new Promise((resolve) => {
        const made = session.request({ ':path': path, ...headers }, options.init);
        let text = '';
        let status = 0;
        made.setEncoding('utf8');
        made.on('response', (answer) => { status = answer[':status']; });
        made.on('data', (chunk) => { text += chunk; });
        made.on('error', (error) => resolve([status, error.code, text]));
        made.on('close', () => resolve([status, text]));
        if (options.onRequest) { options.onRequest(made); }
        if (options.manual) { options.manual(made); } else { made.end(body); }
    });
}

function session(port, work) {
    const made = require('http2').connect(authority(port));
    made.on('error', () => {});
    return work(made).finally(() => made.destroy());
}

const json = { ':method': 'POST', 'content-type': 'application/json', authorization: 'Bearer abc' };

module.exports = (port, securePort) => ({
    'http2 success': () => session(port, (made) => stream(made, '/ok?q=1&api_key=abc')),
    'http2 post': () => session(port, (made) => stream(made, '/echo', json, '{"user":"ada","password":"hunter2"}')),
    'http2 multiplexed': () => session(port, (made) => Promise.all(
        ['/slow', '/ok', '/bad', '/ok'].map((path) => stream(made, path)))),
    'http2 stream up': () => session(port, (made) => stream(made, '/echo', { ':method': 'PUT' }, undefined, {
        manual: (request) => {
            request.write('one ');
            setTimeout(() => request.write('two '), 2);
            setTimeout(() => request.end('three'), 4);
        },
    })),
    'http2 gzip': () => session(port, (made) => stream(made, '/gzip')).then(([status]) => status),
    'http2 head': () => session(port, (made) => stream(made, '/ok', { ':method': 'HEAD' })),
    'http2 push': () => session(port, (made) => stream(made, '/push')),
    'http2 reset': () => session(port, (made) => stream(made, '/reset')),
    'http2 reset in the body': () => session(port, (made) => stream(made, '/cut')),
    'http2 gone away': () => session(port, (made) => stream(made, '/goaway')),
    'http2 refused': () => session(9, (made) => stream(made, '/ok')),
    'http2 closed by the program': () => session(port, (made) => stream(made, '/never', {}, undefined, {
        onRequest: (request) => setTimeout(() => request.close(8), 30),
    })),
    'http2 aborted by signal': () => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(), 30);
        return session(port, (made) => stream(made, '/never', {}, undefined, { init: { signal: controller.signal } }));
    },
    'http2 timeout': () => session(port, (made) => stream(made, '/never', {}, undefined, {
        onRequest: (request) => request.setTimeout(50, () => request.close(8)),
    })),
    'http2 through an ESM import': async () => {
        const { connect } = await import('node:http2');
        const made = connect(authority(port));
        return stream(made, '/ok').finally(() => made.destroy());
    },
    'http2 over TLS': () => {
        const { cert: ca } = require('./certificate.cjs');
        const made = require('http2').connect(`https://localhost:${securePort}`, { ca, family: 4 });
        return stream(made, '/ok').finally(() => made.destroy());
    },
    'http2 on a connected socket': async () => {
        const { connect } = require('http2');
        const { cert: ca } = require('./certificate.cjs');
        const options = { host: 'localhost', port: securePort, ca, ALPNProtocols: ['h2'], family: 4 };
        const socket = require('tls').connect({ ...options, servername: 'localhost' });
        await require('events').once(socket, 'secureConnect');
        const made = require('http2').connect(`https://localhost:${securePort}`, { createConnection: () => socket });
        return [typeof connect, await stream(made, '/ok').finally(() => made.destroy())];
    },
});
