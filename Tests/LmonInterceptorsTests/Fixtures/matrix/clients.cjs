'use strict';

// The client libraries of the matrix, each with one function: call({ url, method, headers, body, timeout, signal, agent,
// isProxied, isFollowing, isUnread, isStreamed }) → { status, text }. A body is text, or an async iterable.

const http = require('http');
const https = require('https');
const { Readable } = require('stream');
const tls = require('tls');

const { cert: ca } = require('../certificate.cjs');

const proxyPort = Number(process.env.PROXY_PORT);

function found(name) {
    try { return require(name); } catch { return undefined; }
}

async function text(stream) {
    let all = '';
    for await (const chunk of stream) { all += Buffer.from(chunk).toString('latin1'); }
    return all;
}

/// A socket through the proxy, by CONNECT.
function tunnel(url) {
    return new Promise((resolve, reject) => {
        const { host } = new URL(url);
        http.request({ host: '127.0.0.1', port: proxyPort, method: 'CONNECT', path: host, agent: false })
            .on('connect', (_, socket, head) => {
                if (head.length > 0) { socket.unshift(head); }
                resolve(socket);
            }).on('error', reject).end();
    });
}

async function core({ url, method = 'GET', headers, body, timeout, signal, agent, isProxied, isUnread, isExpecting }) {
    const socket = isProxied ? await tunnel(url) : undefined;
    const isSecure = url.startsWith('https:');
    const options = { method, headers, timeout, signal, agent: agent?.[isSecure ? 'https' : 'http'], ca: isSecure ? ca : undefined };
    if (socket !== undefined) {
        options.createConnection = () => (isSecure ? tls.connect({ socket, ca, servername: 'localhost' }) : socket);
    }
    return new Promise((resolve, reject) => {
        const request = (isSecure ? https : http).request(url, options, (response) => {
            const status = response.statusCode;
            if (isUnread) {
                response.destroy();
                resolve({ status });
                return;
            }
            text(response).then((all) => resolve({ status, text: all }), reject);
        });
        request.on('error', reject);
        request.on('timeout', () => request.destroy(new Error('it took too long')));
        if (isExpecting) { request.on('continue', () => request.end(body)); return; }
        if (body?.[Symbol.asyncIterator]) { Readable.from(body).pipe(request); } else { request.end(body); }
    });
}

function multiplexed() {
    const http2 = require('http2');
    const sessions = new Map();
    const session = async (origin, isProxied) => {
        const known = isProxied ? undefined : sessions.get(origin);
        if (known !== undefined && !known.destroyed && !known.closed) { return known; }
        const socket = isProxied ? await tunnel(origin) : undefined;
        const made = http2.connect(origin, { ca, createConnection: socket && (() => socket) });
        made.on('error', () => {});
        made.unref();
        sessions.set(origin, made);
        return made;
    };
    return {
        call: async ({ url, method = 'GET', headers, body, timeout, signal, isProxied, isUnread, isExpecting }) => {
            const { origin, pathname, search } = new URL(url);
            const owner = await session(origin, isProxied);
            return new Promise((resolve, reject) => {
                const stream = owner.request({ ':method': method, ':path': pathname + search, ...headers }, { signal });
                stream.on('error', reject);
                stream.on('close', () => {
                    if (!stream.sentHeaders || !stream.readableEnded) { reject(Object.assign(new Error('closed'), { code: `RST_${stream.rstCode}` })); }
                });
                if (timeout) { stream.setTimeout(timeout, () => stream.close(8)); }
                stream.on('response', ({ ':status': status }) => {
                    if (isUnread) { stream.close(8); resolve({ status }); return; }
                    text(stream).then((all) => resolve({ status, text: all }), reject);
                });
                if (isExpecting) { stream.on('continue', () => stream.end(body)); return; }
                if (body?.[Symbol.asyncIterator]) { Readable.from(body).pipe(stream); } else { stream.end(body); }
            });
        },
    };
}

async function fetched(fetch, { url, isFollowing, isUnread, timeout, signal, body, isExpecting, ...rest }, more = {}) {
    const response = await fetch(url, {
        ...rest, body, ...more, redirect: isFollowing ? 'follow' : 'manual', signal: signal ?? (timeout && AbortSignal.timeout(timeout)),
    });
    const { status } = response;
    if (isUnread) {
        await response.body.cancel?.();
        response.body.destroy?.();
        return { status };
    }
    return { status, text: await text(response.body) };
}

/// The dispatcher of Node's own fetch, with sockets of ours.
function dispatcher(settings, url) {
    const { constructor: Agent } = globalThis[Symbol.for('undici.globalDispatcher.1')] ?? (fetch('data:,'), globalThis[Symbol.for('undici.globalDispatcher.1')]);
    return new Agent({ connect: settings.isProxied ? (_, done) => { tunnel(url).then((socket) => done(null, socket), done); } : { ca } });
}

function node() {
    return {
        call: (options) => {
            const { isProxied, url, body } = options;
            const more = isProxied || url.startsWith('https:') ? { dispatcher: dispatcher(options, url) } : {};
            return fetched(fetch, { ...options, isProxied: undefined }, body?.[Symbol.asyncIterator] ? { ...more, duplex: 'half', body: ReadableStream.from?.(body) ?? streamed(body) } : more);
        },
    };
}

function streamed(body) {
    return new ReadableStream({ async start(controller) {
        for await (const part of body) { controller.enqueue(part); }
        controller.close();
    } });
}

function proxyAgent() {
    const made = found('https-proxy-agent');
    return new (made.HttpsProxyAgent ?? made)(`http://127.0.0.1:${proxyPort}`);
}

function axios(library) {
    return {
        call: async ({ url, method, headers, body, timeout, signal, agent, isProxied, isFollowing, isUnread }) => {
            const response = await library.request({
                url, method, headers, data: body?.[Symbol.asyncIterator] ? Readable.from(body) : body, timeout, signal, httpAgent: agent?.http,
                httpsAgent: new https.Agent({ ca }), maxRedirects: isFollowing ? 5 : 0, validateStatus: () => true, responseType: 'stream',
                proxy: isProxied ? { host: '127.0.0.1', port: proxyPort } : false,
            });
            const { status, data } = response;
            if (isUnread) { data.destroy(); return { status }; }
            return { status, text: await text(data) };
        },
    };
}

function got(library) {
    return {
        call: async ({ url, method, headers, body, timeout, signal, agent, isProxied, isFollowing, isUnread, isHTTP2 }) => {
            const options = {
                method, headers, timeout, retry: 0, followRedirect: isFollowing === true, throwHttpErrors: false, http2: isHTTP2 === true,
                https: { certificateAuthority: ca }, agent: agent || isProxied ? { http: isProxied ? proxyAgent() : agent.http } : undefined,
            };
            if (body?.[Symbol.asyncIterator] || isUnread) {
                const stream = library.stream(url, { ...options, isStream: true });
                const ended = new Promise((resolve, reject) => {
                    stream.on('error', reject);
                    stream.on('response', (response) => resolve(response.statusCode));
                });
                if (body) { Readable.from(body).pipe(stream); }
                const status = await ended;
                if (isUnread) { stream.destroy(); return { status }; }
                return { status, text: await text(stream) };
            }
            const promise = library(url, { ...options, body });
            signal?.addEventListener('abort', () => promise.cancel());
            const response = await promise;
            return { status: response.statusCode, text: response.body };
        },
    };
}

function nodeFetch(library) {
    return {
        call: ({ isProxied, agent, ...options }) => {
            const isSecure = options.url.startsWith('https:');
            const { body } = options;
            return fetched(library.default ?? library, options, {
                agent: isProxied ? proxyAgent() : isSecure ? new https.Agent({ ca }) : agent?.http,
                body: body?.[Symbol.asyncIterator] ? Readable.from(body) : body,
            });
        },
    };
}

function undici(library) {
    return {
        call: async ({ url, method = 'GET', headers, body, timeout, signal, isProxied, isFollowing, isUnread, isExpecting }) => {
            const dispatch = isProxied ? new library.ProxyAgent(`http://127.0.0.1:${proxyPort}`)
                : url.startsWith('https:') ? new library.Agent({ connect: { ca } }) : undefined;
            const { statusCode: status, body: stream } = await library.request(url, {
                method, headers, body, signal, headersTimeout: timeout, dispatcher: dispatch, maxRedirections: isFollowing ? 5 : 0,
            });
            if (isUnread) { stream.on('error', () => {}); stream.destroy(); return { status }; }
            return { status, text: await text(stream) };
        },
    };
}

const packaged = { axios, got, 'node-fetch': nodeFetch, undici };

/// By name; undefined for what is not installed.
module.exports = {
    http: { call: core }, https: { call: core }, http2: multiplexed(), fetch: node(),
    ...Object.fromEntries(Object.entries(packaged).map(([name, make]) => {
        const library = found(name);
        return [name, library === undefined ? undefined : make(library.default ?? library)];
    })),
};
