'use strict';

// Runs every cell and prints what the program saw, as JSON by `client.case`. The clients run side by side, the cases of
// one after the other. node cells.cjs PORTS: JSON of the servers' ports.

const cases = require('./cases.cjs');
const clients = require('./clients.cjs');

const ports = JSON.parse(process.argv[2]);
const chosen = process.argv[3];

/// The parent tells which cells have reached a server.
const waiting = new Map();
process.on('message', (cell) => waiting.get(cell)?.());

function summary(error) {
    const at = (one) => one && { name: one.name, code: one.code, message: String(one.message).replace(/\b0x[0-9a-f]+\b/g, '') };
    return { ...at(error), cause: at(error?.cause) };
}

function address(client, cell) {
    return (path, port, isHTTP2) => {
        const scheme = isHTTP2 || client === 'https' ? 'https' : 'http';
        const own = isHTTP2 ? ports.secureHTTP2 : client === 'http2' ? ports.http2 : client === 'https' ? ports.https : ports.http;
        const host = scheme === 'https' ? 'localhost' : '127.0.0.1';
        return `${scheme}://${host}:${port === undefined ? own : ports[port]}${path}${path.includes('?') ? '&' : '?'}cell=${encodeURIComponent(cell)}`;
    };
}

async function run(client, results) {
    for (const [name, { run: work }] of Object.entries(cases)) {
        const cell = `${client}.${name}`;
        if (chosen !== undefined && chosen !== cell) { continue; }
        const seen = new Promise((resolve) => { waiting.set(cell, resolve); });
        results[cell] = await Promise.race([
            work(clients[client].call, address(client, cell), seen).catch(summary),
            new Promise((resolve) => { setTimeout(resolve, 30000, { hangs: true }).unref(); }),
        ]);
    }
}

(async () => {
    const results = {};
    await Promise.all(Object.keys(clients).filter((name) => clients[name] !== undefined).map((name) => run(name, results)));
    // The last ends may be told in the turns after the last result.
    await new Promise((resolve) => { setTimeout(resolve, 20); });
    process.stdout.write(JSON.stringify(results), () => process.exit());
})();
