'use strict';

// A call whose beginning could not be told, since the agent was behind, says nothing of its bodies: nobody knows what it
// asked for. node untold.cjs CALLS: one line for each failure.

const { begin } = require(process.argv[2]);
const { Headers } = require(process.argv[2].replace('calls.cjs', 'lines.cjs'));
const { shared } = require(process.argv[2].replace('calls.cjs', 'shared.cjs'));

const sent = [];
Object.assign(shared, { active: true, capture: 'all', limit: 1000, send: (record) => sent.push(record) });

const call = begin('node:http', 'POST', 'kms.eu-west-1.amazonaws.com');
call.request.add('{"CiphertextBlob":"abc"}');
call.opened('https://kms.eu-west-1.amazonaws.com/', [], (sent) => new Headers(sent), true);
call.responded(200, '1.1', [], () => []);
call.response.add(Buffer.from('{"Plaintext":"c3VwZXI"}'));
call.ended('complete');
const { record } = JSON.parse(sent.at(-1).render());
const found = JSON.stringify(record.bodies);
const expected = JSON.stringify({ request: { size: 24, redacted: true }, response: { size: 23, redacted: true } });
if (found !== expected) { console.log(`${found}, not ${expected}`); }
