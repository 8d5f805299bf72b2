'use strict';

// What a program can see of itself and of Node is as without the interceptor, wherever it looks.
// node unnoticed.cjs NODE INTERCEPTOR [NAME…]: one line for each failure.

const { execFile } = require('child_process');
const { ingest, upstream } = require('./servers.cjs');
const { http2Upstream } = require('./servers-http2.cjs');

const [node, interceptor, ...chosen] = process.argv.slice(2);

const common = `
    const EventEmitter = require('events');
    const http = require('http');
    const http2 = require('http2');
    const net = require('net');
    const { Duplex } = require('stream');
    const { promisify } = require('util');
    const [, port, h2Port] = process.argv;
    const get = () => new Promise((resolve, reject) => {
        http.get({ port, host: '127.0.0.1', path: '/ok', agent: false }, (response) => response.resume().on('end', resolve)).on('error', reject);
    });
`;

const programs = {
    // Sockets that connect at once, with http2 loaded and never used.
    emitters: `
        const { init } = EventEmitter;
        for (let round = 0; round < 3; round += 1) { await Promise.all(Array.from({ length: 30 }, get)); }
        console.log(EventEmitter.init === init);
    `,
    // Another that puts itself before the emitters, while a socket connects.
    domains: `
        const socket = net.connect(port, '127.0.0.1');
        require('domain');
        await new Promise((resolve) => socket.on('connect', resolve));
        socket.destroy();
        for (let round = 0; round < 3; round += 1) { await Promise.all([get(), get()]); }
        console.log('emits', new EventEmitter().emit('x'));
    `,
    // An emitter that has no constructor, made while a socket connects.
    mixins: `
        const socket = net.connect(port, '127.0.0.1');
        EventEmitter.call(Object.create(Object.assign(Object.create(null), EventEmitter.prototype)));
        await new Promise((resolve) => socket.on('connect', resolve));
        socket.destroy();
        console.log('made');
    `,
    // More requests than listeners are thought to be sane, before the session is connected.
    session: `
        const session = http2.connect('http://127.0.0.1:' + h2Port);
        await Promise.all(Array.from({ length: 12 }, () => new Promise((resolve) => {
            const stream = session.request({ ':path': '/ok' });
            stream.resume().on('end', resolve);
            stream.end();
        })));
        session.close();
        console.log('done');
    `,
    promisified: `
        await get();
        const session = await promisify(http2.connect)('http://127.0.0.1:' + h2Port);
        console.log(session.constructor.name, http2.connect.length, http2.connect.name);
        session.close();
    `,
    // A socket of the program's own, which has no address.
    sockets: `
        class Own extends Duplex {
            constructor() {
                super();
                Object.assign(this, { connecting: true, remoteAddress: null });
                setImmediate(() => {
                    this.connecting = false;
                    this.emit('connect');
                    this.push('HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi');
                });
            }
            _read() {}
            _write(chunk, encoding, then) { then(); }
            setTimeout() {}
            ref() {}
            unref() {}
            setKeepAlive() {}
            setNoDelay() {}
        }
        http.get({ host: 'x.test', path: '/', createConnection: () => new Own() }, (response) => {
            response.setEncoding('utf8').on('data', (text) => console.log(response.statusCode, text));
            response.on('end', () => process.exit());
        });
    `,
    methods: `
        const { ClientRequest, Agent, IncomingMessage } = http;
        const all = { ClientRequest: ['write', 'end', 'flushHeaders', 'destroy', 'emit'], Agent: ['addRequest'],
            IncomingMessage: ['push', 'emit'] };
        for (const [kind, names] of Object.entries(all)) {
            for (const name of names) {
                const method = http[kind].prototype[name];
                console.log(kind, name, method.name, method.length);
            }
        }
        console.log(net.Socket.prototype.connect.length);
    `,
    listeners: `
        http.get({ port, host: '127.0.0.1', path: '/ok', agent: false }, (response) => {
            console.log(response.socket.listenerCount('lookup'), response.socket.listenerCount('connect'));
            response.resume();
        });
    `,
};

function run(program, ports, more) {
    return new Promise((resolve) => {
        const source = `${common}(async () => {${programs[program]}})();`;
        execFile(node, ['-e', source, ...ports], { env: { ...process.env, ...more }, timeout: 60000 }, (error, output, errors) => {
            resolve(`exit ${error?.code ?? 0}\n${output}${errors.replace(/\(node:\d+\)/g, '(node)')}`);
        });
    });
}

(async () => {
    const ports = [await upstream(), await http2Upstream(false)].map(String);
    const sink = await ingest();
    const watched = { NODE_OPTIONS: `--require ${interceptor}`, LMON_ADDRESS: `127.0.0.1:${sink.port}`, LMON_CAPTURE: 'all' };
    let failures = 0;
    for (const program of chosen.length > 0 ? chosen : Object.keys(programs)) {
        const [expected, found] = await Promise.all([run(program, ports, {}), run(program, ports, watched)]);
        if (found === expected && found.startsWith('exit 0')) { continue; }
        failures += 1;
        console.log(`${program}: ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
    }
    process.exit(failures > 0 ? 1 : 0);
})();
