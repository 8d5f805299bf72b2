// The services that the functions call: one HTTP API on loopback. Each answer depends on its request alone.
//
//     node upstream.mjs [PORT]
//
// Prints its address when it listens (PORT 0, the default, is any free one). Ends when its standard input does.

import http from 'node:http';

const json = (status, body) => [status, 'application/json', JSON.stringify(body)];

const denied = {
    __type: 'com.amazon.coral.service#AccessDeniedException',
    Message:
        'User: arn:aws:sts::123456789012:assumed-role/orders-role/orders is not authorized to perform: ' +
        'dynamodb:GetItem on resource: arn:aws:dynamodb:eu-central-1:123456789012:table/orders',
};

const routes = [
    ['GET', /^\/orders$/, 5, () => json(200, Array.from({ length: 12 }, (_, n) => ({ id: n + 1 })))],
    ['GET', /^\/orders\/(\d+)$/, 8, ([id]) => json(200, { id: Number(id), total: 100 * Number(id) })],
    ['POST', /^\/orders$/, 5, () => json(201, { id: 'o-1001' })],
    ['POST', /^\/audit$/, 1500, () => json(202, { accepted: true })],
    ['GET', /^\/stuck$/, 60_000, () => json(200, {})],
    ['GET', /^\/overloaded$/, 5, () => json(503, { error: 'too many requests, try again later' })],
    ['GET', /^\/users\/(\d+)$/, 5, ([id]) => json(200, { id: Number(id), name: 'Ada' })],
    ['POST', /^\/$/, 5, () => [400, 'application/x-amz-json-1.0', JSON.stringify(denied)]],
    ['GET', /^\/catalogue$/, 5, () => [200, 'text/html', '<!doctype html>\n<h1>Down for maintenance</h1>\n']],
];

const server = http.createServer((request, response) => {
    request.resume().on('end', () => {
        const { pathname } = new URL(request.url, 'http://upstream');
        const route = routes.find(([method, pattern]) => request.method === method && pattern.test(pathname));
        if (!route) {
            response.writeHead(404).end();
            return;
        }
        const [, pattern, takes, answer] = route;
        setTimeout(() => {
            const [status, type, body] = answer(pattern.exec(pathname).slice(1));
            response.writeHead(status, { 'content-type': type }).end(body);
        }, takes);
    });
});

// Frozen functions keep their connections for longer than Node expects.
server.keepAliveTimeout = 120_000;
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
    console.log(`http://127.0.0.1:${server.address().port}`);
});

process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0)).resume();
