// The host's name is spelled wrong.

export const handler = async () => {
    try {
        return await (await fetch('http://api.prices.invalid/today')).json();
    } catch {
        throw new Error('no prices today');
    }
};
