'use strict';

// The Runtime API on one raw kept-alive socket. The process is held open only while an answer is awaited, so that the
// event loop can run empty under a handler.

const net = require('net');
const { Writable } = require('stream');

const prefix = '/2018-06-01/runtime/';
const errorType = 'Lambda-Runtime-Function-Error-Type';
const errorBody = 'Lambda-Runtime-Function-Error-Body';

class RuntimeAPI {
    constructor(address) {
        const colon = address.lastIndexOf(':');
        this.options = { host: address.slice(0, colon), port: Number(address.slice(colon + 1)), noDelay: true };
        this.host = ` HTTP/1.1\r\nHost: ${address}\r\n`;
        this.nextRequest = `GET ${prefix}invocation/next${this.host}\r\n`;
        this.socket = null;
        this.waiting = [];
        this.received = null;
    }

    open() {
        const socket = net.connect(this.options);
        this.socket = socket;
        this.received = null;
        socket.on('data', (chunk) => this.read(socket, chunk));
        socket.on('error', (error) => { this.error = error; });
        socket.on('close', () => {
            if (this.socket === socket) { this.socket = null; }
            const waiting = this.waiting;
            this.waiting = [];
            for (const { reject } of waiting) { reject(this.error ?? new Error('The Runtime API closed the connection')); }
        });
        return socket;
    }

    /// Writes a request (or the rest of one); `wait` for its answer.
    write(text) {
        const socket = this.socket ?? this.open();
        return socket.write(text);
    }

    wait() {
        if (this.socket === null) { this.open(); }
        this.socket.ref();
        return new Promise((resolve, reject) => { this.waiting.push({ resolve, reject }); });
    }

    read(socket, chunk) {
        this.received = this.received === null ? chunk : Buffer.concat([this.received, chunk]);
        while (this.received !== null) {
            const answer = parse(this.received);
            if (answer === null) { return; }
            this.received = answer.end < this.received.length ? this.received.subarray(answer.end) : null;
            if (answer.status < 200) { continue; }
            const waiting = this.waiting.shift();
            if (this.waiting.length === 0) { socket.unref(); }
            waiting?.resolve(answer);
        }
    }

    next() {
        this.write(this.nextRequest);
        return this.wait();
    }

    post(path, body, headers = '') {
        this.write(`POST ${prefix}${path}${this.host}Content-Type: application/json\r\n${headers}`
            + `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
        return this.wait();
    }

    /// A writable stream whose end is the end of the response. `answered` settles with the Runtime API's answer.
    stream(path, headers, highWaterMark) {
        return new ResponseStream(this, path, headers, highWaterMark);
    }
}

/// A streamed response: `setContentType` until the first write, error trailers at the end if it failed.
class ResponseStream extends Writable {
    #api;
    #path;
    #headers;
    #contentType = 'application/octet-stream';
    #isStarted = false;
    #trailers = '';
    #settle;

    constructor(api, path, headers, highWaterMark) {
        super({ highWaterMark, decodeStrings: true });
        this.#api = api;
        this.#path = path;
        this.#headers = headers;
        this.answered = new Promise((resolve, reject) => { this.#settle = { resolve, reject }; });
        this.answered.catch(() => {});
    }

    setContentType(type) {
        if (this.#isStarted) { throw new Error('Cannot set content-type, too late.'); }
        this.#contentType = type;
    }

    write(chunk, encoding, callback) {
        const isBytes = typeof chunk === 'string' || chunk instanceof Uint8Array;
        return super.write(isBytes ? chunk : JSON.stringify(chunk), encoding, callback);
    }

    /// Ends the response with the error in its trailers.
    fail(error) {
        const body = Buffer.from(JSON.stringify(error)).toString('base64');
        this.#trailers = `${errorType}: ${error.errorType}\r\n${errorBody}: ${body}\r\n`;
        this.end();
    }

    #start() {
        if (this.#isStarted) { return; }
        this.#isStarted = true;
        this.#api.write(`POST ${prefix}${this.#path}${this.#api.host}Content-Type: ${this.#contentType}\r\n`
            + `Lambda-Runtime-Function-Response-Mode: streaming\r\nTrailer: ${errorType}, ${errorBody}\r\n`
            + `${this.#headers}Transfer-Encoding: chunked\r\n\r\n`);
        this.#api.wait().then(this.#settle.resolve, this.#settle.reject);
        this._onBeforeFirstWrite?.((chunk) => this.#chunk(Buffer.from(chunk)));
    }

    #chunk(bytes, callback) {
        const { socket } = this.#api;
        if (socket === null) { callback?.(new Error('The Runtime API closed the connection')); return; }
        if (bytes.length === 0) { callback?.(); return; }
        socket.cork();
        socket.write(`${bytes.length.toString(16)}\r\n`);
        socket.write(bytes);
        socket.write('\r\n', callback);
        socket.uncork();
    }

    _write(bytes, _, callback) {
        this.#start();
        this.#chunk(bytes, callback);
    }

    _final(callback) {
        this.#start();
        this.#api.write(`0\r\n${this.#trailers}\r\n`);
        callback();
    }
}

/// One answer from the front of the bytes; null until it is whole.
function parse(bytes) {
    const headEnd = bytes.indexOf('\r\n\r\n');
    if (headEnd < 0) { return null; }
    const lines = bytes.toString('latin1', 0, headEnd).split('\r\n');
    const headers = {};
    for (let i = 1; i < lines.length; i += 1) {
        const colon = lines[i].indexOf(':');
        headers[lines[i].slice(0, colon).toLowerCase()] = lines[i].slice(colon + 1).trim();
    }
    const status = Number(lines[0].slice(9, 12));
    const start = headEnd + 4;
    if (headers['transfer-encoding']?.toLowerCase() === 'chunked') { return chunked(bytes, start, status, headers); }
    const end = start + (status < 200 || status === 204 ? 0 : Number(headers['content-length'] ?? 0));
    return end > bytes.length ? null : { status, headers, body: bytes.toString('utf8', start, end), end };
}

function chunked(bytes, start, status, headers) {
    const parts = [];
    for (let at = start;;) {
        const line = bytes.indexOf('\r\n', at);
        if (line < 0) { return null; }
        const size = parseInt(bytes.toString('latin1', at, line), 16);
        at = line + 2;
        if (size === 0) {
            const end = bytes.indexOf('\r\n', at);
            if (end < 0) { return null; }
            if (end === at) { return { status, headers, body: Buffer.concat(parts).toString('utf8'), end: end + 2 }; }
            const blank = bytes.indexOf('\r\n\r\n', at);
            return blank < 0 ? null
                : { status, headers, body: Buffer.concat(parts).toString('utf8'), end: blank + 4 };
        }
        if (at + size + 2 > bytes.length) { return null; }
        parts.push(bytes.subarray(at, at + size));
        at += size + 2;
    }
}

module.exports = { RuntimeAPI };
