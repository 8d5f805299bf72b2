'use strict';

// The shared vectors of AWS's names against the JavaScript side. node aws.cjs AWS: one line for each failure.

const assert = require('assert');
const path = require('path');

const { nameAWS } = require(path.resolve(process.argv[2]));
for (const { name, method, url, headers = [], scope, scope4a, body = '', service, operation, secret } of require('./AWS.json')) {
    const signed = scope ? `AWS4-HMAC-SHA256 Credential=AK/20261123/eu-west-1/${scope}/aws4_request, Signature=x`
        : scope4a ? `AWS4-ECDSA-P256-SHA256 Credential=AK/20261123/${scope4a}/aws4_request, Signature=x` : undefined;
    const sent = signed === undefined ? headers : [...headers, ['Authorization', signed]];
    try {
        const told = nameAWS(method, url, sent, { start: () => body });
        assert.deepStrictEqual([told.service, told.operation, told.isSecret ?? false], [service, operation, secret ?? false]);
    } catch (error) {
        console.log(`${name}: ${error.message}`);
        process.exitCode = 1;
    }
}
