'use strict';

// What the interceptor keeps and for how long: no more of a program's texts than it tells, no call for ever, and what could
// not be sent until it can. node kept.cjs FOLDER: one line for each failure.

const http = require('http');
const net = require('net');
const path = require('path');
const v8 = require('v8');
const vm = require('vm');
const zlib = require('zlib');

const own = (name) => require(path.join(process.argv[2], name));
const { begin } = own('calls.cjs');
const { Capture } = own('bodies.cjs');
const { Headers, parsedHead } = own('lines.cjs');
const { shared } = own('shared.cjs');
const { Transport } = own('transport.cjs');

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');
const turn = () => new Promise((resolve) => { setImmediate(resolve); });

function expect(what, found, expected) {
    if (JSON.stringify(found) !== JSON.stringify(expected)) { console.log(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`); }
}

/// Megabytes that are there after `work` and were not before.
function grown(work) {
    collect();
    const before = process.memoryUsage().heapUsed;
    const kept = work();
    collect();
    const after = process.memoryUsage().heapUsed;
    return [Math.round((after - before) / 1e6), kept];
}

/// A text of a megabyte, in one piece.
function long(n) {
    return Buffer.alloc(1e6, `${n} `).latin1Slice();
}

async function partsOfTexts() {
    const [bodies] = grown(() => Array.from({ length: 40 }, (_, n) => {
        const capture = new Capture(16384);
        capture.add(long(n).slice(10, 1000));
        return capture;
    }));
    expect('megabytes for parts of texts', bodies, 0);
    const [heads] = grown(() => {
        for (let n = 0; n < 40; n += 1) { parsedHead(long(n).slice(10, 500), (head) => [['a', head.slice(100, 200)]]); }
    });
    expect('megabytes for parts of heads', heads, 0);
}

/// An answer that nobody reads does not end; its call is not in flight once its connection has gone.
async function unreadAnswers() {
    own('hooks.cjs').install();
    Object.assign(shared, { active: true, capture: 'all', limit: 1000, send: () => {} });
    const server = http.createServer((_, response) => response.end());
    await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const head = () => new Promise((resolve, reject) => {
        const request = http.request({ port: server.address().port, method: 'HEAD', agent: false }, () => {});
        request.on('close', resolve).on('error', reject);
        request.end();
    });
    await Promise.all(Array.from({ length: 20 }, head));
    expect('calls in flight', shared.inFlight, 0);
    server.close();
}

/// How a body is packed is told by headers: without them it may hold anything.
function untoldAnswers() {
    const sent = [];
    Object.assign(shared, { active: true, capture: 'all', limit: 1000, send: (record) => sent.push(record) });
    const call = begin('node:http', 'GET', 'a.test');
    call.opened('http://a.test/', [], (all) => new Headers(all), true);
    sent[0].render();
    call.responded(200, '1.1', ['Content-Encoding', 'gzip'], () => [['Content-Encoding', 'gzip']]);
    const packed = zlib.gzipSync('{"password":"hunter2"}');
    call.response.add(packed);
    call.ended('complete');
    expect('a body without its headers', JSON.parse(sent[2].render()).record.bodies, { response: { size: packed.length, redacted: true } });
}

/// The agent's connection goes, and what comes right then leaves by the next one, whether anything follows or not.
async function lostConnections() {
    let text = '';
    const connections = [];
    const server = net.createServer((socket) => {
        connections.push(socket);
        socket.on('error', () => {});
        socket.on('data', (bytes) => { text += bytes; });
    });
    await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    shared.inFlight = 0;
    const transport = new Transport(`127.0.0.1:${server.address().port}`, (work, most) => work(most), () => {});
    const send = (line) => transport.send({ render: () => line }, 100);
    send('first');
    while (!text.includes('first')) { await turn(); }
    connections[0].destroy();
    while (transport.socket !== null) { await turn(); }
    send('second');
    while (!text.includes('second')) { await turn(); }
    transport.close();
    server.close();
}

(async () => {
    await partsOfTexts();
    await unreadAnswers();
    untoldAnswers();
    await lostConnections();
})();
