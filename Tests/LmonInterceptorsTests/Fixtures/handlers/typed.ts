export const handler = async (event: object): Promise<string> => 'typed';
