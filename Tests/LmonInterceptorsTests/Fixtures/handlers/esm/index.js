const value = await Promise.resolve('top level');
export const handler = async () => value;
