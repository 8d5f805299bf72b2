// What Lambda's runtime client loads in place of the function's module, whose handler this is.
export const handler = await globalThis[Symbol.for('lmon.handler')]();
