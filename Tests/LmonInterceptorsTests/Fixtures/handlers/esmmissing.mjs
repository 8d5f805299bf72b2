import 'not-installed';
export const handler = async () => {};
