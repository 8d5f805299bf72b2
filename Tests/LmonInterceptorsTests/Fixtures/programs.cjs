'use strict';

// The programs that are run twice, with and without the interceptor. Each returns what the program saw.
// Run as: node programs.cjs NAME PORT SECURE-PORT HTTP2-PORT SECURE-HTTP2-PORT

const http = require('http');
const https = require('https');

const [name, port, securePort, http2Port, secureHTTP2Port] = process.argv.slice(2);
const origin = `http://127.0.0.1:${port}`;

function summary(error) {
    return { error: error.name, code: error.cause?.code ?? error.code, message: error.message.replaceAll(port, 'PORT') };
}

/// One request with node:http; the outcome as the program sees it.
function request(path, options = {}, body) {
    return new Promise((resolve) => {
        const made = http.request(origin + path, options, (response) => {
            let text = '';
            response.setEncoding('utf8');
            response.on('data', (chunk) => { text += chunk; });
            response.on('end', () => resolve({ status: response.statusCode, text }));
            response.on('error', (error) => resolve({ status: response.statusCode, text, ...summary(error) }));
        });
        made.on('error', (error) => resolve(summary(error)));
        if (options.onRequest) { options.onRequest(made); }
        if (options.manual) { options.manual(made); } else { made.end(body); }
    });
}

async function get(path, init) {
    try {
        const response = await fetch(origin + path, init);
        return { status: response.status, url: response.url.replaceAll(port, 'PORT'), text: await response.text() };
    } catch (error) {
        return summary(error);
    }
}

const json = { method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: 'Bearer abc' } };
const secret = JSON.stringify({ user: 'ada', password: 'hunter2' });
const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });

async function* parts() {
    for (const part of ['one ', 'two ', 'three']) {
        await new Promise((resolve) => { setTimeout(resolve, 2); });
        yield Buffer.from(part);
    }
}

const programs = {
    'http success': () => request('/ok?q=1&api_key=abc'),
    'http get with listeners only': () => new Promise((resolve) => {
        http.get(`${origin}/ok`).on('response', (response) => response.resume().on('end', () => resolve('ended')));
    }),
    'http post': () => request('/echo', json, secret),
    'http error status': () => request('/bad'),
    'http hang up': () => request('/hangup'),
    'http cut in the body': () => request('/cut'),
    'http refused': () => new Promise((resolve) => {
        http.get('http://127.0.0.1:9').on('error', (error) => resolve(summary(error)));
    }),
    'http not found': () => new Promise((resolve) => {
        http.get('http://nowhere.invalid/').on('error', (error) => resolve({ code: error.syscall }));
    }),
    'http timeout': () => request('/never', { timeout: 50, onRequest: (made) => made.on('timeout', () => made.destroy()) }),
    'http destroyed': () => request('/never', { onRequest: (made) => setTimeout(() => made.destroy(), 30) }),
    'http destroyed with an error': () => request('/never', {
        onRequest: (made) => setTimeout(() => made.destroy(new Error('enough')), 30),
    }),
    'http aborted by signal': () => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(), 30);
        return request('/never', { signal: controller.signal });
    },
    'http response destroyed': () => new Promise((resolve) => {
        http.get(`${origin}/hang`, (response) => {
            response.once('data', () => response.destroy());
            response.on('close', () => resolve('closed'));
        });
    }),
    'http stream up': () => request('/echo', { ...json, manual: async (made) => {
        for await (const part of parts()) { made.write(part); }
        made.end();
    } }),
    'http stream down': () => request('/stream'),
    'http events': () => request('/events'),
    'http continue': () => request('/echo', {
        method: 'PUT', headers: { Expect: '100-continue', 'Content-Type': 'text/plain' },
        manual: (made) => made.on('continue', () => made.end('after the continue')),
    }),
    'http gzip': () => new Promise((resolve) => {
        http.get(`${origin}/gzip`, (response) => {
            const chunks = [];
            response.on('data', (chunk) => chunks.push(chunk));
            response.on('end', () => resolve(require('zlib').gunzipSync(Buffer.concat(chunks)).toString()));
        });
    }),
    'http keep-alive': async () => {
        const first = await request('/ok', { agent });
        const second = await request('/ok', { agent });
        agent.destroy();
        return [first, second];
    },
    'http unread': () => new Promise((resolve) => {
        const made = http.get(`${origin}/ok`);
        made.on('close', () => resolve('closed'));
    }),
    'http paused': () => new Promise((resolve) => {
        http.get(`${origin}/big?mb=1`, (response) => setTimeout(() => {
            globalThis[Symbol.for('lmon.flush')]?.();
            resolve(response.statusCode);
            setTimeout(() => process.exit(), 20);
        }, 30));
    }),
    'http empty': () => request('/empty'),
    'http header list': () => request('/headers', { headers: ['X-One', '1', 'x-two', '2', 'X-One', '3', 'Host', 'a.test'] }),
    'http connect': () => new Promise((resolve) => {
        const made = http.request({ host: '127.0.0.1', port, method: 'CONNECT', path: `127.0.0.1:${port}` });
        made.on('connect', (response, socket) => {
            http.get({ path: '/ok', host: '127.0.0.1', port, createConnection: () => socket }, (inner) => {
                inner.resume().on('end', () => { socket.destroy(); resolve([response.statusCode, inner.statusCode]); });
            });
        }).end();
    }),
    'http parallel': async () => {
        const many = new http.Agent({ keepAlive: true, maxSockets: 50 });
        const all = await Promise.all(Array.from({ length: 500 }, (_, i) => request(`/ok?i=${i}`, { agent: many })));
        many.destroy();
        return all.filter(({ status }) => status === 200).length;
    },
    /// To redact them takes long.
    'http costly': async () => {
        const body = JSON.stringify(Array.from({ length: 4000 }, (_, i) => ({ password: `hunter2${i}`, i })));
        const statuses = new Set();
        for (let i = 0; i < 60; i += 1) { statuses.add((await request('/echo', json, body)).status); }
        return [...statuses];
    },
    'http retried': async () => [await request('/bad'), await request('/bad')],
    'http big': () => new Promise((resolve) => {
        http.get(`${origin}/big?mb=20`, async (response) => {
            let size = 0;
            for await (const chunk of response) { size += chunk.length; }
            resolve(size);
        });
    }),
    'http from a worker': () => new Promise((resolve) => {
        const { Worker } = require('worker_threads');
        const worker = new Worker(`require('http').get(${JSON.stringify(`${origin}/ok`)}, (r) => {
            r.resume().on('end', () => require('worker_threads').parentPort.postMessage(r.statusCode)); })`, { eval: true });
        worker.on('message', resolve);
    }),
    'http from a child': () => new Promise((resolve) => {
        const script = `require('http').get(${JSON.stringify(`${origin}/ok`)}, (r) => r.resume().on('end', () => console.log(r.statusCode)))`;
        require('child_process').execFile(process.execPath, ['-e', script], (error, output) => resolve(error?.message ?? output));
    }),
    'http through an ESM import': async () => {
        const { get: imported } = await import('node:http');
        return new Promise((resolve) => {
            imported(`${origin}/ok`, (response) => response.resume().on('end', () => resolve(response.statusCode)));
        });
    },
    'http within an invocation': async () => {
        const { AsyncLocalStorage } = require('async_hooks');
        const key = Symbol.for('lmon.invocation');
        const storage = globalThis[key] ??= new AsyncLocalStorage();
        return Promise.all(['a', 'b'].map((id) => storage.run(id, async () => {
            await null;
            return [await request(`/ok?${id}`), await get(`/ok?${id}`)];
        })));
    },
    'http with Lambda\'s own store': async () => {
        const { AsyncLocalStorage } = require('async_hooks');
        const storage = new AsyncLocalStorage();
        globalThis.awslambda = { InvokeStore: { getRequestId: () => storage.getStore() ?? '-' } };
        return Promise.all([undefined, 'a', 'b'].map((id) => storage.run(id, async () => {
            await null;
            return [await request(`/ok?${id}`), await get(`/ok?${id}`)];
        })));
    },
    'https success': () => new Promise((resolve) => {
        const { cert: ca } = require('./certificate.cjs');
        https.get({ host: 'localhost', port: securePort, path: '/ok', ca, family: 4 }, (response) => {
            response.resume().on('end', () => resolve(response.statusCode));
        });
    }),
    'https untrusted': () => new Promise((resolve) => {
        https.get(`https://127.0.0.1:${securePort}/ok`).on('error', (error) => resolve(error.code));
    }),
    'https to no TLS': () => new Promise((resolve) => {
        https.get(`https://127.0.0.1:${port}/ok`).on('error', (error) => resolve(error.code));
    }),
    'fetch untrusted': () => fetch(`https://127.0.0.1:${securePort}/ok`).catch((error) => error.cause.code),
    'aws call': () => request('/ok', { method: 'POST', headers: {
        'X-Amz-Target': 'secretsmanager.GetSecretValue', 'amz-sdk-request': 'attempt=2; max=3',
        Authorization: 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/eu-west-1/secretsmanager/aws4_request, Signature=x',
    } }, '{"SecretId":"db"}'),
    'fetch success': () => get('/ok?q=1&api_key=abc'),
    'fetch post': () => get('/echo', { ...json, body: secret }),
    'fetch redirect': () => get('/redirect'),
    'fetch error status': () => get('/bad'),
    'fetch refused': async () => {
        try { return await fetch('http://127.0.0.1:9999/'); } catch (error) { return error.cause.code ?? error.cause.message; }
    },
    'fetch not found': async () => {
        try { return await fetch('http://nowhere.invalid/'); } catch (error) { return error.cause.syscall; }
    },
    'fetch cut in the body': () => get('/cut'),
    'fetch timeout': () => get('/never', { signal: AbortSignal.timeout(300) }),
    'fetch aborted': () => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(), 30);
        return get('/never', { signal: controller.signal });
    },
    'fetch aborted in the body': async () => {
        const controller = new AbortController();
        const response = await fetch(`${origin}/hang`, { signal: controller.signal });
        setTimeout(() => controller.abort(), 10);
        return response.text().catch(summary);
    },
    'fetch aborted before': () => {
        const controller = new AbortController();
        controller.abort();
        return get('/ok', { signal: controller.signal });
    },
    'fetch stream up': () => get('/echo', { ...json, duplex: 'half', body: new ReadableStream({
        async start(controller) {
            for await (const part of parts()) { controller.enqueue(part); }
            controller.close();
        },
    }) }),
    'fetch form': () => {
        const body = new FormData();
        body.append('user', 'ada');
        body.append('password', 'hunter2');
        return get('/echo', { method: 'POST', body }).then(({ status, text }) => [status, text.length > 100]);
    },
    'fetch stream down': async () => {
        const response = await fetch(`${origin}/stream`);
        let text = '';
        for await (const chunk of response.body) { text += Buffer.from(chunk).toString(); }
        return text;
    },
    'fetch events': () => get('/events'),
    'fetch gzip': () => get('/gzip'),
    'fetch br': () => get('/br'),
    'fetch deflate': () => get('/deflate'),
    'fetch gzip large': async () => (await get('/gzip?size=3000000')).text.length,
    'fetch binary': () => get('/binary'),
    'fetch unread': async () => {
        const response = await fetch(`${origin}/big?mb=1`);
        globalThis[Symbol.for('lmon.flush')]?.();
        setTimeout(() => process.exit(), 20);
        return response.status;
    },
    'fetch keep-alive': async () => {
        const first = await get('/ok');
        await new Promise((resolve) => { setTimeout(resolve, 20); });
        return [first, await get('/ok')];
    },
    'fetch parallel': async () => {
        const all = await Promise.all(Array.from({ length: 500 }, (_, i) => get(`/ok?i=${i}`)));
        return all.filter(({ status }) => status === 200).length;
    },
    'fetch big': async () => {
        let size = 0;
        for await (const chunk of (await fetch(`${origin}/big?mb=20`)).body) { size += chunk.length; }
        return size;
    },
    ...require('./programs-http2.cjs')(http2Port, secureHTTP2Port),
    ...require('./programs-changed.cjs')(request, json, secret),
};

programs[name]().then((result) => console.log(JSON.stringify(result)));

module.exports = { names: Object.keys(programs) };
