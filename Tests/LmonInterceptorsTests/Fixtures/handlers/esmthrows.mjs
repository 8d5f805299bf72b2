throw new TypeError('in a module');
export const handler = async () => {};
