// Tells the demo's story to a running Invoke API, again and again, in the same order and at the same times.
//
//     node send.mjs PORT
//
// Waits until something listens there. Ends when its standard input does.

import http from 'node:http';
import net from 'node:net';
import { roundSeconds, story } from './story.mjs';

const port = Number(process.argv[2]);
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));

const listens = () =>
    new Promise((resolve) => {
        const socket = net.connect(port, '127.0.0.1');
        const done = (answer) => {
            socket.destroy();
            resolve(answer);
        };
        socket.on('connect', () => done(true)).on('error', () => done(false));
    });

// The answer is for the monitor to show; here only the next event counts.
const send = (name, event) => {
    const path = `/2015-03-31/functions/${name}/invocations`;
    const request = http.request({ host: '127.0.0.1', port, path, method: 'POST' }, (response) => response.resume());
    request.on('error', () => {});
    request.end(JSON.stringify(event));
};

process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0)).resume();

while (!(await listens())) await pause(50);
for (let start = performance.now(); ; start += roundSeconds * 1000) {
    for (const [seconds, name, event] of story) {
        await pause(start + seconds * 1000 - performance.now());
        send(name, event);
    }
    await pause(start + roundSeconds * 1000 - performance.now());
}
