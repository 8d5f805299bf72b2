'use strict';

// Calls by http and fetch while another tool has patched them. node program.cjs PORT CLOSED-PORT

const http = require('http');

const [port, closed] = process.argv.slice(2);
const origin = `http://127.0.0.1:${port}`;

function request(url, options = {}, body = undefined) {
    return new Promise((resolve) => {
        const made = http.request(url, options, (response) => {
            let text = '';
            response.on('data', (chunk) => { text += chunk; });
            response.on('end', () => resolve([response.statusCode, text]));
            response.on('error', (error) => resolve(error.code));
            response.on('close', () => resolve([response.statusCode, 'closed', text]));
        });
        made.on('error', (error) => resolve(error.code));
        made.end(body);
    });
}

function get(url, init) {
    return fetch(url, init).then(async (response) => [response.status, await response.text()], (error) => error.cause?.code ?? error.name);
}

(async () => {
    const post = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
    const results = {
        get: await request(`${origin}/ok?n=1`),
        post: await request(`${origin}/echo?n=2`, post, '{"password":"hunter2"}'),
        listeners: await new Promise((resolve) => {
            http.get(`${origin}/ok?n=3`).on('response', (response) => response.resume().on('end', () => resolve('ended')));
        }),
        refused: await request(`http://127.0.0.1:${closed}/?n=4`),
        cut: await request(`${origin}/cut?n=5`),
        fetch: await get(`${origin}/ok?n=6`),
        fetchPost: await get(`${origin}/echo?n=7`, { ...post, body: '{"password":"hunter2"}' }),
        fetchRefused: await get(`http://127.0.0.1:${closed}/?n=8`),
        mocked: process.argv[4] ? await request(process.argv[4]) : undefined,
        mockedPost: process.argv[4] ? await request(process.argv[4], { method: 'POST' }, 'body') : undefined,
        mockedFetch: process.argv[4] ? await get(process.argv[4]) : undefined,
        spans: globalThis.spans, subsegments: globalThis.subsegments,
    };
    await new Promise((resolve) => { setTimeout(resolve, 20); });
    process.stdout.write(JSON.stringify(results), () => process.exit());
})();
