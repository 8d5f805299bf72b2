'use strict';

const later = (work, ms = 10) => setTimeout(work, ms);
const pause = (ms = 10) => new Promise((resolve) => { setTimeout(resolve, ms); });

exports.echo = async (event, context) => ({
    event, id: context.awsRequestId, name: context.functionName, version: context.functionVersion,
    memory: context.memoryLimitInMB, arn: context.invokedFunctionArn, group: context.logGroupName,
    stream: context.logStreamName, client: context.clientContext, identity: context.identity,
    left: context.getRemainingTimeInMillis() > 1000, trace: process.env._X_AMZN_TRACE_ID,
});
exports.thrown = async () => { throw new TypeError('boom'); };
exports.thrownSync = () => { throw new RangeError('sync boom'); };
exports.thrownText = async () => { throw 'only text'; };
exports.thrownExtra = async () => { throw Object.assign(new Error('extra'), { code: 'E_EXTRA', detail: { a: 1 } }); };
exports.returned = () => 'a value';
exports.promised = () => pause().then(() => 'promised');
exports.undefinedResult = async () => {};
exports.cycle = async () => { const a = {}; a.a = a; return a; };
exports.counted = async () => {
    let count = 0;
    return { a: [{ toJSON() { return count += 1; } }] };
};
exports.dated = async () => ({ at: new Date(0), url: new URL('http://a.test'), bytes: Buffer.from('a') });
exports.bigint = async () => 10n;
exports.never = async () => new Promise(() => {});
exports.rejected = async () => { Promise.reject(new Error('nobody')); await pause(200); };
exports.uncaught = async () => { later(() => { throw new Error('unc'); }); await pause(200); };
exports.exits = async () => { process.exit(3); };
exports.nested = { deep: async () => 'nested' };
exports.number = 7;
exports.log = async () => {
    console.log('hello %s', 'you', { a: 1 });
    console.warn('two\nlines');
    console.debug('low');
    console.error(new Error('shown').message);
};
exports.logOne = async () => { console.log({ a: 1, e: new TypeError('in it') }); };

exports.callback = (event, context, callback) => { later(() => console.log('before the end')); callback(null, 'called'); };
exports.callbackNow = (event, context, callback) => {
    context.callbackWaitsForEmptyEventLoop = false;
    later(() => console.log('too late'), 500);
    callback(null, 'called');
};
exports.callbackError = (event, context, callback) => callback(new Error('by callback'));
exports.callbackTwice = (event, context, callback) => { callback(null, 'first'); callback(null, 'second'); };
exports.succeed = (event, context) => { later(() => context.succeed('succeeded')); };
exports.fail = (event, context) => { context.fail(new Error('failed')); };
exports.done = (event, context) => { context.done(null, 'done'); };
exports.silent = () => { later(() => {}); };

const { streamifyResponse, HttpResponseStream } = awslambda;
exports.stream = streamifyResponse(async (event, stream) => {
    stream.setContentType('text/plain');
    stream.write('one ');
    await pause();
    stream.write({ two: 2 });
    stream.end();
});
exports.streamEncoded = streamifyResponse(async (event, stream) => {
    stream.write('68656c6c', 'hex');
    stream.end('bw==', 'base64');
});
exports.streamHttp = streamifyResponse(async (event, stream) => {
    const http = HttpResponseStream.from(stream, { statusCode: 201, headers: { 'x-a': 'b' } });
    http.write('body');
    http.end();
    await pause();
});
exports.streamFails = streamifyResponse(async (event, stream) => {
    stream.write('part');
    throw new Error('in the middle');
});
exports.streamPipeline = streamifyResponse(async (event, stream) => {
    await require('stream/promises').pipeline(require('stream').Readable.from(['x'.repeat(70000), 'y']), stream);
});
exports.streamWater = streamifyResponse(async (event, stream) => {
    stream.setContentType('text/plain');
    stream.end('water');
}, { highWaterMark: 1024 });
// A thenable that works each time that it is asked, as some query builders do.
exports.lazy = () => { let asked = 0; return { then(resolve) { asked += 1; setTimeout(() => resolve(`asked ${asked}`), 5); } }; };
exports.query = () => { let asked = 0; return { then(...uses) { asked += 1; return Promise.resolve(`asked ${asked}`).then(...uses); } }; };
