'use strict';

// What the calls of programs-changed.cjs must be told as.

const { deepStrictEqual: same, ok } = require('assert');

module.exports = {
    'changed objects': {
        calls: ['POST /echo 200 complete'],
        check: ([{ end }]) => same(end.bodies.request.text, '{"user":"ada","password":"‹redacted›"}'),
    },
    'changed JSON': {
        calls: ['POST /echo 200 complete'],
        check: ([{ end }]) => same(end.bodies.response.text, '{"user":"ada","password":"‹redacted›"}'),
    },
    'changed clock': {
        calls: ['GET /ok 200 complete'],
        records: (all) => ok(all.every(({ time }) => Date.parse(time) > Date.now() - 600000), 'times are not its own'),
    },
    'unreadable error': { calls: ['GET /never - aborted'] },
    'long error': {
        calls: ['GET /never - aborted'],
        check: ([{ end }]) => ok(end.message.startsWith('xxx') && !end.message.includes('aaa')),
    },
    'encoded as nothing known': {
        calls: ['GET /encoded?as=__proto__ 200 complete', 'GET /encoded?as=constructor 200 complete',
            `GET /encoded?as=Bearer ${'aB3'.repeat(10)} 200 complete`],
        check: (calls) => same(calls.map(({ end }) => end.bodies.response.encoding),
            ['__proto__', 'constructor', '‹redacted›']),
    },
    'a secret service': {
        calls: ['POST /echo 200 complete'],
        check: ([{ request, end }]) => {
            same(request.attempt, 1);
            same([end.bodies.request, end.bodies.response], [{ size: 28, redacted: true }, { size: 28, redacted: true }]);
        },
    },
};
