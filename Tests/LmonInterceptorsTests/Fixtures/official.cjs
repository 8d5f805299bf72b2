'use strict';

// Lambda's own runtime client (a stand-in) with the interceptor before it: handlers, their results and their errors are
// as without, and invocations are told. node official.cjs NODE INTERCEPTOR [HANDLER…]: one line for each failure.

const assert = require('assert');
const path = require('path');
const { execFileSync } = require('child_process');
const { ingest, settled } = require('./servers.cjs');
const { invoke } = require('./runtime-api.cjs');

const [node, interceptor, ...chosen] = process.argv.slice(2);
const client = path.join(__dirname, 'aws-lambda-ric', 'index.mjs');
/// Another preload, which tells the handler that it sees.
const witness = path.join(__dirname, 'beside', 'witness.cjs');
const { deepStrictEqual: same, ok } = assert;

const handlers = [
    'index.echo', 'index.thrown', 'index.thrownSync', 'index.thrownText', 'index.thrownExtra', 'index.returned',
    'index.promised', 'index.undefinedResult', 'index.counted', 'index.dated', 'index.cycle', 'index.bigint', 'index.never', 'index.rejected',
    'index.uncaught', 'index.exits', 'index.nested.deep', 'index.log', 'index.callback', 'index.silent', 'index.query', 'index.stream', 'index.streamEncoded', 'index.streamHttp', 'index.streamFails', 'index.streamPipeline', 'index.streamWater',
    'esm/index.handler', 'module.handler', 'common.handler', 'nested/app.handler', 'hidden.handler',
    'index.nope', 'index.number', 'index', '../index.handler', 'absent.handler', 'missing.handler', 'syntax.handler',
    'throws.handler', 'esmthrows.handler', 'esmmissing.handler',
];
if (Number(execFileSync(node, ['-p', 'process.versions.node.split(".")[0]']).toString()) < 24) {
    handlers.push('folder.handler', 'index.callbackNow', 'index.callbackError', 'index.callbackTwice', 'index.succeed', 'index.fail', 'index.done');
} else {
    // Before, the client wants more of it than it has.
    handlers.push('index.lazy');
}

/// Equal but for what a stack tells of who called whom within the client, and for times.
function comparable({ posts, output, code, signal }) {
    const plain = (text) => text.replace(/ \[as handler\]/g, '').replace(/\d{4}-\d\d-\d\dT[\d:.]*Z/g, 'TIME').replace(/127\.0\.0\.1:\d+/g, 'HOST').replace(/\\n    at [^"]*?(?=\\n|")/g, '')
        .replace(/,?"    at [^"]*"/g, '').replace(/at (async )?\S*( \(|file:).*/g, '');
    return {
        // Two streams, in whatever order they are read.
        code, signal, output: plain(output).split('\n').sort().join('\n'),
        posts: posts.map(({ url, headers, body, trailers }) => {
            // Stacks are of different lengths.
            const { host, connection, 'content-length': length, ...rest } = headers;
            const trailing = trailers['lambda-runtime-function-error-body'];
            return { url, rest, body: plain(body), trailing: trailing && plain(Buffer.from(trailing, 'base64').toString()) };
        }),
    };
}

/// What the client itself throws, or catches where lmon cannot see it.
const shown = ['index.cycle', 'index.bigint', 'index.rejected', 'index.uncaught'];

/// The lines of a stack that are the function's, and that lmon is in none.
function frames(text, handler) {
    ok(shown.includes(handler) || !/interceptor\.cjs|handler\.mjs/.test(text), `lmon is in a stack: ${text}`);
    return [...text.matchAll(/at [^\n"\\]*\/handlers\/[^\n"\\]*/g)].map(([frame]) => frame.replace(' [as handler]', ''));
}

async function attempt(handler, parameters, loading = '--require') {
    const sink = await ingest();
    const bare = await invoke(node, client, handler, { TELL_HANDLER: '1', NODE_OPTIONS: `--require ${witness}` }, parameters);
    const watched = await invoke(node, client, handler, {
        TELL_HANDLER: '1', NODE_OPTIONS: `${loading} ${interceptor} --require ${witness}`, LMON_ADDRESS: `127.0.0.1:${sink.port}`, LMON_CAPTURE: 'all',
        LMON_BUDGET_MS: '1000',
    }, parameters);
    await settled(sink);
    const [expected, actual] = [bare, watched].map(comparable);
    same(actual.output.replaceAll(path.dirname(interceptor), ''), expected.output);
    same(actual, expected);
    same(watched.posts.map(({ body }) => frames(body, handler)), bare.posts.map(({ body }) => frames(body, handler)));
    same(sink.faults, []);
    verify(sink.records, watched.posts.filter(({ url }) => url.includes('/invocation/')), watched, handler);
}

function verify(records, posts, { code }, handler) {
    const ends = records.filter(({ type }) => type === 'handler.end');
    // What takes the process down has no end of a handler.
    if (code !== null) { ok(ends.length <= posts.length); return; }
    // A handler that returns what the client cannot post has not failed itself.
    const isUnable = shown.includes(handler);
    same(ends.map(({ invocation, record }) => [invocation, record.status]), posts.map(({ url, trailers }) => [
        url.split('/')[4], (url.endsWith('error') && !isUnable) || trailers['lambda-runtime-function-error-type'] ? 'error' : 'success']));
    const events = records.filter(({ type }) => type === 'invocation.event');
    same(events.slice(0, 2).map(({ invocation, record }) => [invocation, record.text, record.invokedFunctionArn]),
        [['request-1', '{"a":1}', 'arn:orders'], ['request-2', '{"a":1}', 'arn:orders']]);
    for (const { invocation, record, type } of records) {
        if (type !== 'invocation.result') { continue; }
        const post = posts.find(({ url }) => url.includes(invocation));
        same(record.outcome, ends.find((end) => end.invocation === invocation).record.status === 'error' ? 'error' : 'response');
        if (handler === 'index.streamEncoded') { same([record.text, record.size], ['hello', 5]); }
        if (handler === 'index.counted') {
            // To write it is to change it.
            same(record.text, undefined);
        } else if (post.headers['lambda-runtime-function-response-mode'] === undefined) {
            const message = (text) => JSON.parse(text)?.errorMessage ?? text;
            same(message(record.text), message(post.body));
        }
    }
    const order = records.filter(({ invocation }) => invocation === 'request-1').map(({ type }) => type);
    same(order[0], 'invocation.event');
    same(order.at(-1), 'handler.end');
}

(async () => {
    const cases = chosen.length > 0 ? chosen.map((handler) => [handler, []]) : handlers.map((handler) => [handler, []]);
    if (chosen.length === 0) {
        cases.push(['index.echo', [], '--import'], ['index.thrown', [], '--import'], ['module.handler', [], '--import']);
        cases.push(['index.echo', ['index.echo']], ['nested/app.handler', ['nested/app.handler']]);
    }
    let failures = 0;
    const work = async () => {
        for (let next = cases.shift(); next !== undefined; next = cases.shift()) {
            try {
                await attempt(...next);
            } catch (error) {
                failures += 1;
                console.log(`${next[0]}: ${error.message}`);
            }
        }
    };
    await Promise.all([work(), work(), work()]);
    process.exit(failures > 0 ? 1 : 0);
})();
