/// What `lmon-bench interceptor` has Node run.
enum InterceptorProgram {
    /// An upstream in a process of its own, so that what it does is not counted; prints its port.
    static let upstream = """
        'use strict';
        const http = require('http');
        const block = Buffer.alloc(65536, 'a');
        const stream = answer => {
            let left = 1600;
            const more = () => {
                while (left > 0) {
                    left--;
                    if (!answer.write(block)) { answer.once('drain', more); return; }
                }
                answer.end();
            };
            more();
        };
        const upstream = http.createServer((q, s) => {
            q.resume();
            if (q.url === '/stream') { stream(s); return; }
            const body = '{"ok":true}';
            const wait = { '/slow': 100, '/near': 2 }[q.url];
            q.on('end', () => { if (wait) setTimeout(() => s.end(body), wait); else s.end(body); });
        });
        upstream.keepAliveTimeout = 60000;
        upstream.listen(0, '127.0.0.1', () => console.log(upstream.address().port));
        process.stdin.resume().on('end', () => process.exit());
        """

    /// `client.cjs PORT [PRELOAD]`: loads `http` and `https`, then the preload (timed), and makes calls as it is told by
    /// lines `HOW PATH COUNT`: one after the other, 500 at once, or one that is read to its end. For each line a line of
    /// JSON: what each took in ms. First of all, what the load took. `turn` asks what the first turn of the event loop took.
    static let client = """
        'use strict';
        const http = require('http');
        require('https');
        const [, , port, preload] = process.argv;
        const now = () => process.hrtime.bigint();
        const since = start => Number(now() - start) / 1e6;
        const started = now();
        if (preload) require(preload);
        console.log(since(started));
        const loaded = now();
        let turn;
        setImmediate(() => { turn = since(loaded); });
        const call = (agent, path) => new Promise((resolve, reject) => {
            const request = http.request({ port, method: 'POST', agent, path }, response => {
                response.resume();
                response.on('end', resolve);
            });
            request.on('error', reject);
            request.end('x'.repeat(1000));
        });
        const one = new http.Agent({ keepAlive: true });
        const many = new http.Agent({ keepAlive: true });
        const orders = {
            single: path => call(one, path),
            many: path => Promise.all(Array.from({ length: 500 }, () => call(many, path))),
            stream: path => new Promise((resolve, reject) => {
                http.get({ port, path }, response => {
                    response.on('data', () => {});
                    response.on('end', resolve);
                }).on('error', reject);
            }),
        };
        const obey = async (how, path, count) => {
            if (how === 'turn') { setImmediate(() => console.log(JSON.stringify([turn]))); return; }
            const times = [];
            for (let i = 0; i < count; i++) {
                const start = now();
                await orders[how](path);
                times.push(since(start));
            }
            // What is left to be told must not take from whose turn is next.
            setTimeout(() => console.log(JSON.stringify(times)), 50);
        };
        process.stdin.on('data', line => { obey(...line.toString().trim().split(' ')); });
        process.stdin.on('end', () => process.exit());
        """
}
