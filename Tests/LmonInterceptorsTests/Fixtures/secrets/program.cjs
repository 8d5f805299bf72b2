'use strict';

// Makes the calls of a plan. node program.cjs SEED LIMIT PORT HTTP2-PORT

const http = require('http');
const http2 = require('http2');
const { plan } = require('./plan.cjs');

const [seed, limit, port, http2Port] = process.argv.slice(2).map(Number);
const origin = `http://127.0.0.1:${port}`;
const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
/// Nobody listens there, and `fetch` does not bar it.
const CLOSED = 4;

/// As a program might write it: as text in an encoding, and in pieces.
function* pieces({ body, text, encoding, piece = 100000 }) {
    if (text === undefined) {
        for (let at = 0; at < body.length; at += piece) { yield [body.subarray(at, at + piece)]; }
        return;
    }
    const wide = ['base64', 'base64url', 'hex'].includes(encoding);
    // Three bytes are four digits of base64, and two of hexadecimal are one.
    const step = wide ? 3 * piece : piece;
    const all = wide ? body : [...text];
    for (let at = 0; at < all.length; at += step) {
        const part = all.slice(at, at + step);
        yield wide ? [part.toString(encoding), encoding] : [part.join(''), encoding];
    }
}

function written(stream, sent) {
    if (sent !== undefined) { for (const [part, encoding] of pieces(sent)) { stream.write(part, encoding); } }
    stream.end();
}

function request(url, options, sent, act) {
    return new Promise((resolve) => {
        const made = http.request(url, { agent, ...options }, (response) => {
            response.on('error', resolve).resume().on('end', resolve);
        });
        made.on('error', resolve).on('close', resolve);
        act?.(made);
        written(made, sent);
    });
}

function object(pairs) {
    const result = {};
    for (const [name, value] of pairs) { result[name.toLowerCase()] = value; }
    return result;
}

let session;
const clients = {
    // A list of headers goes as it is, without a host.
    http: ({ number, path, method, headers, sent, more = [] }) => {
        const all = [...headers, ...more];
        return request(origin + path, { method, headers: number % 2 === 0 ? object(all) : ['Host', 'i.test', ...all.flat()] }, sent);
    },
    fetch: async ({ path, method, headers, sent, more = [] }) => {
        const response = await fetch(origin + path, { method, headers: [...headers, ...more], body: sent?.body, redirect: 'manual' });
        // Some cannot be decoded by who is to read them.
        await response.arrayBuffer().catch(() => {});
    },
    http2: ({ path, method, headers, sent, more = [] }) => new Promise((resolve, reject) => {
        session ??= http2.connect(`http://127.0.0.1:${http2Port}`);
        const stream = session.request({ ':method': method, ':path': path, ...object([...headers, ...more]) });
        stream.on('error', reject).on('close', resolve).resume();
        written(stream, sent);
    }),
    user: ({ path, user }) => request(`http://${user}@127.0.0.1:${port}${path}`, {}),
    refused: ({ path, user }) => request(`http://${user}@127.0.0.1:${CLOSED}${path}`, {}),
    'no name': ({ path, user }) => request(`http://${user}@nowhere.invalid${path}`, {}),
    'refused fetch': ({ path, headers }) => fetch(`http://127.0.0.1:${CLOSED}${path}`, { headers }).catch(() => {}),
    destroyed: ({ path, message }) => request(origin + path, {}, undefined, (made) => {
        made.on('socket', () => made.destroy(Object.assign(new Error(message), { code: 'ENOPE' })));
    }),
    'aborted fetch': ({ path, message }) => {
        const controller = new AbortController();
        const made = fetch(origin + path, { signal: controller.signal }).catch(() => {});
        controller.abort(new Error(message));
        return made;
    },
    proxy: ({ path, user, headers }) => request(origin, { path: `http://${user}@h.test${path}`, headers: object(headers) }),
    connect: ({ user, headers }) => request(origin, { method: 'CONNECT', path: 'h.test:80', headers: object(headers), auth: user }, undefined, (made) => {
        made.on('connect', (_, socket) => { socket.destroy(); });
    }),
    redirect: ({ path, headers }) => fetch(`${origin}/redirect${path}`, { headers }).then((response) => response.arrayBuffer()),
    // The server says what no client understands.
    broken: async ({ path }) => {
        await request(`${origin}/broken${path}`, { agent: undefined });
        await fetch(`${origin}/broken${path}`).catch(() => {});
    },
};

(async () => {
    for (const call of plan(seed, limit).calls) { await clients[call.client](call); }
    session?.close();
    agent.destroy();
    globalThis[Symbol.for('lmon.flush')]?.();
})();
