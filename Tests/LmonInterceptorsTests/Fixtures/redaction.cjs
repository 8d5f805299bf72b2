'use strict';

// The shared vectors against the JavaScript side. node redaction.cjs REDACTION: one line for each failure.

const path = require('path');
const vectors = require('./Redaction.json');

const { redactHeader, redactText, redactURL } = require(path.resolve(process.argv[2]));
let failures = 0;
for (const { name, kind, type, input, output } of vectors) {
    const redact = { body: (text) => redactText(text, type), url: redactURL, header: (text) => redactHeader(type, text) }[kind];
    for (const text of [input, output]) {
        const actual = redact(text);
        if (actual !== output) {
            failures += 1;
            console.log(`${name}: ${JSON.stringify(text)} gave ${JSON.stringify(actual)}, not ${JSON.stringify(output)}`);
        }
    }
}
process.exit(failures > 0 ? 1 : 0);
