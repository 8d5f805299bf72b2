'use strict';

// The runtime client against a Runtime API of our own. node invoke.cjs NODE CLIENT [HANDLER…]: one line for each failure.

const assert = require('assert');
const { execFileSync } = require('child_process');
const { invoke } = require('./runtime-api.cjs');

const [node, client, ...chosen] = process.argv.slice(2);
const major = Number(execFileSync(node, ['-p', 'process.versions.node.split(".")[0]']).toString());
const { deepStrictEqual: same, ok } = assert;
const hasCallbacks = major < 24;
const runsTypeScript = execFileSync(node, ['-p', '!!process.features.typescript']).toString() === 'true\n';
const response = (value) => ({ path: 'response', body: JSON.stringify(value) });
const failure = (errorType, errorMessage) => ({ path: 'error', errorType, errorMessage });
const initError = (errorType, errorMessage) => ({ path: 'init/error', errorType, errorMessage, type: errorType });
const stamp = '0000-00-00T00:00:00.000Z';

/// What each handler's invocation posts, prints, and how the process ends if it does.
const expectations = {
    'index.echo': [response({
        event: { a: 1 }, id: 'request-1', name: 'orders', version: '$LATEST', memory: '128', arn: 'arn:orders',
        group: '/aws/lambda/orders', stream: 'stream', client: { custom: 1 }, identity: { cognitoIdentityId: 'c' },
        left: true, trace: 'Root=1-2-3',
    })],
    'index.thrown': [failure('TypeError', 'boom'), { output: /ERROR\tInvoke Error \t\{"errorType":"TypeError","errorMessage":"boom","stack":\["TypeError: boom","/ }],
    'index.thrownSync': [failure('RangeError', 'sync boom')],
    'index.thrownText': [failure('string', 'only text')],
    'index.thrownExtra': [failure('Error', 'extra'), { output: /"code":"E_EXTRA","detail":\{"a":1\}/ }],
    'index.returned': [response(hasCallbacks ? null : 'a value')],
    'index.promised': [response('promised')],
    'index.undefinedResult': [response(null)],
    'index.cycle': [failure('Error', 'Unable to stringify response body')],
    'index.bigint': [failure('Error', 'Unable to stringify response body')],
    'index.never': [failure('Runtime.NodeJsExit', /unexpected Node.js exit code/)],
    'index.rejected': [failure('Runtime.UnhandledPromiseRejection', 'Error: nobody'), { exit: 128, output: /ERROR\tUnhandled Promise Rejection \t/ }],
    'index.uncaught': [failure('Error', 'unc'), { exit: 129, output: /ERROR\tUncaught Exception \t/ }],
    'index.exits': [{ exit: 3 }],
    'index.nested.deep': [response('nested')],
    'index.log': [response(null), {
        exactly: `${stamp}\trequest-1\tINFO\thello you { a: 1 }\n${stamp}\trequest-1\tWARN\ttwo\rlines\n`
            + `${stamp}\trequest-1\tDEBUG\tlow\n${stamp}\trequest-1\tERROR\tshown\n`,
    }],
    'index.log JSON': [response(null), {
        env: { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: 'INFO' },
        exactly: `{"timestamp":"${stamp}","level":"INFO","requestId":"request-1","message":"hello you { a: 1 }"}\n`
            + `{"timestamp":"${stamp}","level":"WARN","requestId":"request-1","message":"two\\nlines"}\n`
            + `{"timestamp":"${stamp}","level":"ERROR","requestId":"request-1","message":"shown"}\n`,
    }],
    'index.logOne JSON': [response(null), {
        env: { AWS_LAMBDA_LOG_FORMAT: 'JSON' },
        output: /"message":\{"a":1,"e":\{"errorType":"TypeError","errorMessage":"in it","stackTrace":\[/,
    }],
    'index.log frames': [response(null), {
        env: { _LAMBDA_TELEMETRY_LOG_FD: '3' }, exactly: '',
        frames: [`${stamp}\trequest-1\tINFO\thello you { a: 1 }\n`, `${stamp}\trequest-1\tWARN\ttwo\nlines\n`,
            `${stamp}\trequest-1\tDEBUG\tlow\n`, `${stamp}\trequest-1\tERROR\tshown\n`],
    }],
    'index.callback': hasCallbacks ? [response('called'), { output: /before the end/ }]
        : [initError('Runtime.CallbackHandlerDeprecated', /removed support for callback/), { exit: 129 }],
    'index.stream': [{ path: 'response', body: 'one {"two":2}', mode: 'streaming', contentType: 'text/plain' }],
    'index.streamHttp': [{
        path: 'response', mode: 'streaming', body: '{"statusCode":201,"headers":{"x-a":"b"}}\0\0\0\0\0\0\0\0body',
        contentType: 'application/vnd.awslambda.http-integration-response',
    }],
    'index.streamFails': [{ path: 'response', mode: 'streaming', body: 'part', trailer: ['Error', 'in the middle'] }],
    'index.streamPipeline': [{ path: 'response', mode: 'streaming', body: `${'x'.repeat(70000)}y` }],
    'esm/index.handler': [response('top level')],
    'module.handler': [response('module')],
    'common.handler': [response('common')],
    'nested/app.handler': [response('in a folder')],
    'index.nope': [initError('Runtime.HandlerNotFound', 'index.nope is undefined or not exported'), { exit: 129 }],
    'index.number': [initError('Runtime.HandlerNotFound', 'index.number is not a function'), { exit: 129 }],
    'index': [initError('Runtime.MalformedHandlerName', 'Bad handler'), { exit: 129 }],
    '../index.handler': [initError('Runtime.MalformedHandlerName', /not a valid handler name/), { exit: 129 }],
    'absent.handler': [initError('Runtime.ImportModuleError', /^Error: Cannot find module 'absent'/), { exit: 129 }],
    'missing.handler': [initError('Runtime.ImportModuleError', /^Error: Cannot find module 'not-installed'/), { exit: 129 }],
    'typed.handler': runsTypeScript ? [response('typed')]
        : [initError('Runtime.ImportModuleError', /^Error: typed\.ts is TypeScript, which node v\d/), { exit: 129 }],
    'syntax.handler': [initError('Runtime.UserCodeSyntaxError', /^SyntaxError: Unexpected token/), { exit: 129, trace: /syntax\.js:2/ }],
    'throws.handler': [initError('Error', 'at load'), { exit: 129 }],
};
if (hasCallbacks) {
    Object.assign(expectations, {
        'index.callbackNow': [response('called')],
        'index.callbackError': [failure('Error', 'by callback')],
        'index.callbackTwice': [response('first')],
        'index.succeed': [response('succeeded')],
        'index.fail': [failure('Error', 'failed')],
        'index.done': [response('done')],
        'index.silent': [response(null)],
    });
}

function equals(actual, expected) {
    if (expected instanceof RegExp) { ok(expected.test(actual), `${JSON.stringify(actual)} is not like ${expected}`); } else { same(actual, expected); }
}

function verifyPost(post, expected, index) {
    const { headers } = post;
    const isInit = expected.path === 'init/error';
    same(post.url, `/2018-06-01/runtime/${isInit ? '' : `invocation/request-${index}/`}${expected.path}`);
    if (!isInit) { same(headers['lambda-runtime-invocation-id'], `nonce-${index}`); }
    same(headers['lambda-runtime-function-response-mode'], expected.mode);
    same(headers['lambda-runtime-function-error-type'], expected.type);
    if (expected.contentType !== undefined) { same(headers['content-type'], expected.contentType); }
    if (expected.body !== undefined) {
        same(post.body, expected.body.replaceAll('request-1', `request-${index}`));
    }
    if (expected.errorType !== undefined) {
        const error = JSON.parse(post.body);
        same(error.errorType, expected.errorType);
        equals(error.errorMessage, expected.errorMessage);
        ok(Array.isArray(error.trace));
    }
    if (expected.trailer !== undefined) {
        same(post.trailers['lambda-runtime-function-error-type'], expected.trailer[0]);
        const error = JSON.parse(Buffer.from(post.trailers['lambda-runtime-function-error-body'], 'base64').toString());
        same(error.errorMessage, expected.trailer[1]);
    }
}

function unframed(bytes) {
    const messages = [];
    for (let at = 0; at < bytes.length;) {
        same(bytes.readUInt32BE(at), 0xa55a0003);
        const length = bytes.readUInt32BE(at + 4);
        ok(Math.abs(Number(bytes.readBigUInt64BE(at + 8)) / 1000 - Date.now()) < 60000);
        messages.push(bytes.toString('utf8', at + 16, at + 16 + length));
        at += 16 + length;
    }
    return messages;
}

async function attempt(name) {
    const expected = expectations[name];
    const how = expected.find((one) => one.path === undefined) ?? {};
    const post = expected.find((one) => one.path !== undefined);
    const actual = await invoke(node, client, name.split(' ')[0], how.env);
    const plain = (text) => text.replace(/\d{4}-\d\d-\d\dT[\d:.]{12}Z/g, stamp);
    const once = how.exit !== undefined;
    same(actual.posts.length, post === undefined ? 0 : once ? 1 : 2, `${actual.posts.length} posts; ${actual.output}`);
    actual.posts.forEach((one, index) => verifyPost(one, post, index + 1));
    if (once) { same([actual.code, actual.signal], [how.exit, null]); } else { same(actual.signal, 'SIGTERM'); }
    if (how.output !== undefined) { equals(plain(actual.output), how.output); }
    if (how.trace !== undefined) { equals(actual.posts[0].body, how.trace); }
    if (how.exactly !== undefined) {
        same(plain(actual.output), how.exactly + how.exactly.replaceAll('request-1', 'request-2'));
    }
    if (how.frames !== undefined) {
        const messages = unframed(actual.frames).map(plain);
        same(messages.slice(0, how.frames.length), how.frames);
        same(messages.length, how.frames.length * 2);
    }
}

(async () => {
    let failures = 0;
    for (const name of chosen.length > 0 ? chosen : Object.keys(expectations)) {
        try {
            await attempt(name);
        } catch (error) {
            failures += 1;
            console.log(`${name}: ${error.message}`);
        }
    }
    process.exit(failures > 0 ? 1 : 0);
})();
