'use strict';

// When records leave: soon as a rule, some together while calls come in a burst, and never so late that they become too
// many. node bursts.cjs TRANSPORT: one line for each failure.

const { AsyncLocalStorage } = require('async_hooks');
const net = require('net');
/// The shortest wait ends when it is told to: a slow machine's turns may take as long.
const program = new AsyncLocalStorage();
const pace = {
    work: null, isSet: false, context: 'none yet',
    unref() { return this; },
    refresh() {
        this.isSet = true;
        this.context = program.getStore();
    },
};
const { setTimeout: later } = globalThis;
globalThis.setTimeout = (work, ms) => (ms === 5 ? Object.assign(pace, { work, isSet: true }) : later(work, ms));
function endPace() {
    pace.isSet = false;
    pace.work();
}
const { Transport } = require(process.argv[2]);
globalThis.setTimeout = later;
const { now, shared } = require(process.argv[2].replace('transport.cjs', 'shared.cjs'));

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

    // While a handler runs, what comes in quick succession goes together, after the first few.
    shared.inFlight = 1;
    const posts = () => text.split('POST ').length - 1;
    const sendInTurns = async (count) => {
        for (let i = 0; i < count; i += 1) {
            send(1, 1024);
            await turn();
            await turn();
        }
    };
    transport.flush();
    transport.busyUntil = Infinity;
    await sendInTurns(3);
    expect('nothing is kept while no handler runs', transport.lineCount, 0);
    transport.flush();
    await arrived(458);
    const before = posts();
    await sendInTurns(3);
    await arrived(461);
    expect('posts while no handler runs', posts() - before, 3);
    transport.pace();
    transport.busyUntil = -Infinity;
    send(1, 1024);
    await arrived(462);
    expect('the first of a handler leaves at once', pace.isSet, false);
    expect('and counts', transport.busyUntil > 0, true);
    transport.busyUntil = Infinity;
    await sendInTurns(4);
    expect('what follows is kept as lines', [left(), transport.lineCount, pace.isSet], [0, 4, true]);
    endPace();
    await arrived(466);
    expect('and leaves in one post', posts() - before, 5);
    transport.busyUntil = Infinity;
    await program.run('an invocation', () => sendInTurns(2));
    expect('waits again, in no context of the program', [pace.isSet, pace.context], [true, undefined]);
    transport.flush();
    expect('nothing is kept at a handler\'s end', transport.lineCount, 0);
    expect('how far posts go ahead of their pace', transport.busyUntil - now() <= 45, true);
    endPace();
    await arrived(468);
    transport.pace();
    transport.busyUntil = Infinity;
    shared.inFlight = 0;
    await sendInTurns(1);
    expect('nothing is kept once no call is waited for', transport.lineCount, 0);
    await arrived(469);
    shared.inFlight = 1;
    transport.busyUntil = Infinity;
    const line = `{"n":${number += 1},"x":"${'x'.repeat(65536)}"}`;
    transport.send({ render: () => line }, 65536);
    await turn();
    await turn();
    expect('nothing is kept that is long', transport.lineCount, 0);
    expect('each once, in order', await arrived(470), Array.from({ length: 470 }, (_, i) => i + 1));
    expect('posts', posts() - before, 8);
    process.exit();
});
