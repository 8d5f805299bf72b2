'use strict';

// Programs that change what all of a process shares, and answers and errors that no client expects.

module.exports = (request, json, secret) => ({
    'changed objects': async () => {
        Object.prototype.extend = function () {};
        Object.prototype.toJSON = () => 'mine';
        const seen = await request('/echo', json, secret);
        await new Promise((resolve) => { setTimeout(resolve, 20); });
        delete Object.prototype.extend;
        delete Object.prototype.toJSON;
        return seen;
    },
    'changed JSON': () => {
        const { stringify } = JSON;
        JSON.stringify = (value) => stringify(value, null, 2);
        return request('/echo', json, secret);
    },
    'changed clock': () => {
        const { now } = Date;
        Date.now = () => 123.5;
        return request('/ok').finally(() => { Date.now = now; });
    },
    'unreadable error': () => request('/never', { onRequest: (made) => {
        made.removeAllListeners('error');
        setImmediate(() => made.destroy({ message: { toString() { throw new Error('unreadable'); } } }));
    }, manual: (made) => {
        made.end();
        made.on('error', () => {});
        made.on('close', () => console.log('closed'));
    } }),
    'long error': () => request('/never', { manual: (made) => {
        made.end();
        setImmediate(() => made.destroy(new Error(`${'x'.repeat(1010)} Bearer ${'a'.repeat(40)}`)));
    } }),
    'encoded as nothing known': async () => [
        await request('/encoded?as=__proto__'), await request('/encoded?as=constructor'),
        await request(`/encoded?as=Bearer%20${'aB3'.repeat(10)}`),
    ],
    'a secret service': () => request('/echo', {
        method: 'POST', headers: { 'X-Amz-Target': 'TrentService.Decrypt', 'amz-sdk-request': 'attempt=Infinity; max=3' },
    }, '{"CiphertextBlob":"hunter2"}'),
});
