// The services that the demo's functions call: one HTTP API on loopback. Each answer depends on its request alone.
//
//     node server.mjs [PORT]
//
// Prints its address when it listens (PORT 0, the default, is any free one). Ends when its standard input does, unless that is a
// terminal: who reads one in the background is stopped.

import http from 'node:http';
import { isatty } from 'node:tty';

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const image = Buffer.alloc(24 * 1024, 'a thumbnail in the making ');

const routes = [
    ['GET', /^\/settings$/, 12, () => [200, { currency: 'EUR', country: 'AT' }]],
    ['GET', /^\/users\/(\d+)$/, 41, ([id]) => [200, { id: Number(id), name: 'Ada', email: 'ada@example.test', plan: 'pro' }]],
    ['GET', /^\/items$/, 38, () => [200, [{ id: 1, name: 'lamp', price: 2900 }, { id: 2, name: 'cable', price: 1300 }]]],
    ['POST', /^\/sessions$/, 25, () => [200, { token: 'demo-token-of-no-value', expires: 3600 }]],
    ['POST', /^\/orders$/, 72, (_, body) => [201, { id: 'o-1001', ...body }]],
    ['GET', /^\/risk$/, 0, () => [200, { risk: 'low' }]],
    [
        'POST', /^\/charges$/, 90,
        (_, body) =>
            body.attempt > body.failures
                ? [201, { id: 'c-77', amount: body.amount }]
                : [502, { error: 'the bank does not answer' }],
    ],
    ['GET', /^\/images\/\d+$/, 60, () => [200, image]],
    ['PUT', /^\/thumbs\/\d+$/, 0, () => [201, { stored: true }]],
    ['POST', /^\/audit$/, 650, () => [202, { accepted: true }]],
];

const read = async (request) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    try {
        return JSON.parse(Buffer.concat(chunks).toString());
    } catch {
        return {};
    }
};

const server = http.createServer(async (request, response) => {
    const body = await read(request);
    const url = new URL(request.url, 'http://upstream');
    for (const [method, pattern, takes, answer] of routes) {
        const match = request.method === method && pattern.exec(url.pathname);
        if (!match) continue;
        await pause(Math.min(Number(url.searchParams.get('wait')) || takes, 60_000));
        const [status, result] = answer(match.slice(1), body);
        const isImage = Buffer.isBuffer(result);
        response.writeHead(status, { 'content-type': isImage ? 'image/jpeg' : 'application/json' });
        response.end(isImage ? result : JSON.stringify(result));
        return;
    }
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: `no ${request.method} ${url.pathname}` }));
});

// Frozen functions keep their connections for longer than Node expects.
server.keepAliveTimeout = 120_000;
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
    console.log(`http://127.0.0.1:${server.address().port}`);
});

if (!isatty(0)) {
    process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0)).resume();
}
