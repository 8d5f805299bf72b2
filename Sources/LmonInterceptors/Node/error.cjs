'use strict';

const { types } = require('util');

/// An error, or whatever was thrown in its place, as Lambda's runtimes post it.
function posted(error) {
    try {
        if (types.isNativeError(error) || (error?.name && error.message && typeof error.stack === 'string')) {
            return {
                errorType: error.name, errorMessage: error.message,
                trace: (typeof error.stack === 'string' ? error.stack : '').split('\n'),
            };
        }
        return { errorType: typeof error, errorMessage: String(error), trace: [] };
    } catch {
        return { errorType: 'handled', errorMessage: 'the error has no readable name, message and stack' };
    }
}

module.exports = { posted };
