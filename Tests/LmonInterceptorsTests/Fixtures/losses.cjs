'use strict';

// What could not be told is counted, and the count is told. node losses.cjs TRANSPORT: one line for each failure.

const assert = require('assert');
const http = require('http');
const { Transport } = require(process.argv[2]);

const turn = () => new Promise((resolve) => { setImmediate(resolve); });
/// What is done with the posts, one after the other; the last of it with all that follow.
const takes = (seen) => (request, response, lines) => {
    seen.push(...lines);
    response.end();
};
const refuses = (_, response) => { response.writeHead(500).end(); };
const cuts = (request) => { request.socket.destroy(); };

async function told(ways, counts) {
    const seen = [];
    const all = [...ways, takes(seen)];
    const server = http.createServer((request, response) => {
        let text = '';
        request.on('data', (chunk) => { text += chunk; });
        request.on('end', () => {
            const way = all.length > 1 ? all.shift() : all[0];
            way(request, response, text.trim().split('\n').map((line) => JSON.parse(line)));
            server.posts += 1;
        });
    });
    server.posts = 0;
    await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const transport = new Transport(`127.0.0.1:${server.address().port}`, (work, most) => work(most), () => {});
    for (const [index, count] of counts.entries()) {
        if (count === 0) { transport.send({ render: () => { throw new Error('cannot be rendered'); } }, 64); }
        for (let n = 0; n < count; n += 1) { transport.send({ render: () => `{"n":${n}}` }, 64); }
        while (server.posts <= index || transport.unanswered.length > 0) {
            transport.flush();
            await turn();
        }
    }
    server.close();
    server.closeAllConnections();
    return seen.map(({ n, record }) => n ?? record.count);
}

(async () => {
    const cases = [
        ['a post that is refused', [refuses], [3, 1], [3, 0]],
        ['a post whose connection is cut', [cuts], [3, 1], [3, 0]],
        ['the count is lost as well', [cuts, refuses], [3, 2, 1], [5, 0]],
        ['what cannot be rendered', [], [0, 1], [1, 0]],
        ['what cannot be rendered, and its count is refused', [refuses], [0, 1], [1, 0]],
    ];
    for (const [name, ways, counts, expected] of cases) {
        try { assert.deepStrictEqual(await told(ways, counts), expected); } catch (error) { console.log(`${name}: ${error.message}`); }
    }
    process.exit();
})();
