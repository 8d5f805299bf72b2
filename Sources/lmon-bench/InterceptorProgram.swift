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

    /// Loads `http` and `https`, then the preload (timed), then makes calls one after the other, 500 at once, and one of
    /// 100 MB. Prints ms: load, first call, median and 99th percentile of the later ones, 500 at once, 500 at once of
    /// 100 ms each, 100 MB.
    static let client = """
        'use strict';
        const http = require('http');
        require('https');
        const [, , port, preload] = process.argv;
        const since = start => Number(process.hrtime.bigint() - start) / 1e6;
        const now = () => process.hrtime.bigint();
        const call = (agent, path) => new Promise((resolve, reject) => {
            const start = now();
            const request = http.request({ port, method: 'POST', agent, path }, response => {
                response.resume();
                response.on('end', () => resolve(since(start)));
            });
            request.on('error', reject);
            request.end('x'.repeat(1000));
        });
        const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
        const best = async (count, work) => {
            const times = [];
            for (let i = 0; i < count; i++) { const start = now(); await work(); times.push(since(start)); }
            return Math.min(...times);
        };
        (async () => {
            const started = now();
            if (preload) require(preload);
            const loaded = since(started);
            await pause(20);
            const agent = new http.Agent({ keepAlive: true });
            const times = [];
            for (let i = 0; i < 1500; i++) times.push(await call(agent, '/orders'));
            const later = times.slice(300).sort((a, b) => a - b);
            const many = new http.Agent({ keepAlive: true });
            const atOnce = path => () => Promise.all(Array.from({ length: 500 }, () => call(many, path)));
            await best(3, atOnce('/orders'));
            const parallel = await best(6, atOnce('/orders'));
            const slow = await best(6, atOnce('/slow'));
            const stream = await best(3, () => new Promise((resolve, reject) => {
                http.get({ port, path: '/stream' }, response => {
                    response.on('data', () => {});
                    response.on('end', resolve);
                }).on('error', reject);
            }));
            const quantile = share => later[Math.floor(later.length * share)];
            console.log(JSON.stringify([loaded, times[0], quantile(0.5), quantile(0.99), parallel, slow, stream]));
            process.exit(0);
        })();
        """
}
