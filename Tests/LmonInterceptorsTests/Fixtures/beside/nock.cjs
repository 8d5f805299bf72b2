'use strict';

// The real nock: one host is mocked, the rest passes.

const nock = require('nock');

nock.enableNetConnect();
nock('http://mocked.test').persist().get('/mocked').reply(299, 'mocked').post('/mocked').reply(298, (_, body) => ({ got: body }));
