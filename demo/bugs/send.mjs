// Invokes each of the functions, a second apart, by Lambda's Invoke API, and then no more.
//
//     node send.mjs PORT
//
// new-connections is invoked twice: only a second invocation could have reused what the first one opened. Ends when its
// standard input does.

import { readdir } from 'node:fs/promises';

process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0)).resume();

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const folders = await readdir(new URL('.', import.meta.url), { withFileTypes: true });
const names = folders.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();

const invoke = async (name) => {
    for (;;) {
        try {
            const url = `http://127.0.0.1:${process.argv[2]}/2015-03-31/functions/${name}/invocations`;
            await (await fetch(url, { method: 'POST', body: '{}' })).arrayBuffer();
            return;
        } catch {
            // lmon is still starting.
            await pause(100);
        }
    }
};

for (const name of [...names, 'new-connections']) {
    await invoke(name);
    await pause(1000);
}
