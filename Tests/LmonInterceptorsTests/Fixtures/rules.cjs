'use strict';

// node rules.cjs REDACTION: its rules as JSON, shapes as text.
// node rules.cjs REDACTION TEXTS: a list of texts, each redacted as a body of unknown type.

const fs = require('fs');
const path = require('path');

const { redactText, rules } = require(path.resolve(process.argv[2]));
if (process.argv[3] === undefined) {
    const shapes = rules.shapes.map(({ prefix, minimum, maximum, alphabet }) =>
        `${prefix}|${minimum}|${maximum}|${rules.alphabets[alphabet]}`);
    process.stdout.write(JSON.stringify({ ...rules, shapes }));
} else {
    const texts = JSON.parse(fs.readFileSync(process.argv[3], 'utf8'));
    process.stdout.write(JSON.stringify(texts.map((text) => redactText(text))));
}
