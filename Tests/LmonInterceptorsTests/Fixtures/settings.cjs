'use strict';

// What the variables are read as. node settings.cjs SETTINGS: one line for each failure.

const assert = require('assert');
const path = require('path');

const { read } = require(path.resolve(process.argv[2]));
const defaults = {
    address: 'sandbox:4243', capture: 'headers', problems: [], limit: 0, budget: 20, ignored: [], redact: [], wantsInvocations: true,
};
const cases = [
    [{}, {}],
    [{ LMON_CAPTURE: 'bodies' }, { capture: 'bodies', limit: 16384 }],
    [{ LMON_CAPTURE: 'errors', LMON_BODY_LIMIT: '100' }, { capture: 'errors', limit: 100 }],
    [{ LMON_CAPTURE: 'errors', LMON_BODY_LIMIT: '100.5' }, { capture: 'errors', limit: 16384, problems: ['LMON_BODY_LIMIT=100.5 is not a whole number up to 262144; 16384 is used'] }],
    [{ LMON_CAPTURE: 'metadata', LMON_BODY_LIMIT: '100' }, { capture: 'metadata' }],
    [{ LMON_CAPTURE: ' all ', LMON_BODY_LIMIT: '0' }, { capture: 'all' }],
    [{ LMON_CAPTURE: 'BODIES' }, { capture: 'bodies', limit: 16384 }],
    [{ LMON_CAPTURE: '\tMetadata\n' }, { capture: 'metadata' }],
    [{ LMON_CAPTURE: 'ALLES' }, { problems: ['LMON_CAPTURE=ALLES is not one of metadata, headers, errors, bodies, all; headers is used'] }],
    [{ LMON_CAPTURE: 'all', LMON_BODY_LIMIT: '16k' }, { capture: 'all', limit: 16384, problems: ['LMON_BODY_LIMIT=16k is not a whole number up to 262144; 16384 is used'] }],
    [{ LMON_BUDGET_MS: '-1' }, { problems: ['LMON_BUDGET_MS=-1 is not a whole number up to 10000; 20 is used'] }],
    [{ LMON_BUDGET_MS: '0' }, {}],
    [{ LMON_BUDGET_MS: '10001' }, { problems: ['LMON_BUDGET_MS=10001 is not a whole number up to 10000; 20 is used'] }],
    [{ LMON_BUDGET_MS: ' 1 ' }, { budget: 1 }],
    [{ LMON_BUDGET_MS: '10000' }, { budget: 10000 }],
    [{ LMON_BUDGET_MS: '' }, {}],
    [{ LMON_ADDRESS: '[::1]:4000' }, { address: '[::1]:4000' }],
    [{ LMON_ADDRESS: 'nonsense' }, { problems: ['LMON_ADDRESS=nonsense is not a host and a port; sandbox:4243 is used'] }],
    [{ LMON_ADDRESS: 'http://ada:hunter2@host:1' }, { problems: ['LMON_ADDRESS=… is not a host and a port; sandbox:4243 is used'] }],
    [{ LMON_ADDRESS: 'host:99999' }, { problems: ['LMON_ADDRESS=host:99999 is not a host and a port; sandbox:4243 is used'] }],
    [{ LMON: ' ON ' }, {}],
    [{ LMON: ' ' }, {}],
    [{ LMON: 'false' }, { problems: ['LMON=false is not on or off; on is used'] }],
    [{ LMON_IGNORE_HOSTS: ' A.test, *.b.test,,' , AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001' }, { ignored: ['a.test', '*.b.test', '127.0.0.1:9001'] }],
    [{ LMON_REDACT: 'E-Mail,x', LMON_PAYLOADS: 'off' }, { redact: ['e-mail', 'x'], wantsInvocations: false }],
];
for (const [env, expected] of cases) {
    try { assert.deepStrictEqual(read(env), { ...defaults, ...expected }); } catch (error) {
        console.log(`${JSON.stringify(env)}: ${error.message}`);
        process.exitCode = 1;
    }
}
