// Three calls that nothing but the internet is needed for: two at once, one that fails.

const read = async (url, options) => {
    const response = await fetch(url, options);
    return { status: response.status, text: (await response.text()).trim() };
};

export const handler = async (event) => {
    const [address, zen] = await Promise.all([
        read('https://checkip.amazonaws.com/?token=not-for-your-eyes'),
        read('https://api.github.com/zen', { headers: { 'user-agent': 'lmon-demo', authorization: 'none of your business' } }),
    ]);
    const failed = await read('https://checkip.amazonaws.com/no-such-page');
    console.log(`called from ${address.text}`);
    if (event.fail) throw new Error('asked to fail');
    return { address: address.text, zen: zen.status, failed: failed.status };
};
