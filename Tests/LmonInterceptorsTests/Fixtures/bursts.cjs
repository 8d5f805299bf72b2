'use strict';

// When records leave: soon as a rule, some together while calls come in a burst, and never so late that they become too
// many. node bursts.cjs TRANSPORT: one line for each failure.

const net = require('net');
const { Transport } = require(process.argv[2]);
const { shared } = require(process.argv[2].replace('transport.cjs', 'calls.cjs'));

const turn = () => new Promise((resolve) => { setImmediate(resolve); });
let text = '';
const server = net.createServer((socket) => {
    socket.on('data', (bytes) => { text += bytes; });
    socket.on('error', () => {});
});
/// How many records have come. The event loop goes on as long as some are missing.
async function arrived(count) {
    while (text.split('{"n":').length - 1 < count) { await turn(); }
    return text.match(/\{"n":\d+/g).map((found) => Number(found.slice(5)));
}

function expect(what, found, expected) {
    if (JSON.stringify(found) !== JSON.stringify(expected)) { console.log(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`); }
}

server.listen(0, '127.0.0.1', async () => {
    const transport = new Transport(`127.0.0.1:${server.address().port}`, (work, most) => work(most), () => {});
    let number = 0;
    const send = (count, size) => {
        for (let i = 0; i < count; i += 1) {
            const line = `{"n":${number += 1}}`;
            transport.send({ render: () => line }, size);
        }
    };
    const left = () => transport.queue.length;

    shared.inFlight = 100;
    send(3, 1024);
    expect('before there is a connection', (await arrived(3)).length, 3);

    send(200, 1024);
    for (let i = 0; i < 4; i += 1) { await turn(); }
    expect('in a burst, kept while the program has its turns', left(), 200);
    transport.flush();
    expect('flushed at a handler\'s end', left(), 0);

    send(100, 1024);
    shared.inFlight = 1;
    await arrived(303);
    expect('what was kept leaves without more calls', left(), 0);

    send(2, 1024);
    await turn();
    await turn();
    expect('without a burst, at the end of the turn', left(), 0);

    shared.inFlight = 100;
    send(150, 16384);
    expect('too much to be kept', left(), 150);
    const lefts = [];
    for (let i = 0; i < 4; i += 1) {
        await turn();
        lefts.push(left());
    }
    expect('leaves slice by slice', lefts.filter((count, i) => count !== lefts[i - 1]), [86, 22, 0]);
    expect('in order, each once', await arrived(455), Array.from({ length: 455 }, (_, i) => i + 1));
    expect('dropped', transport.dropped, 0);
    process.exit();
});
