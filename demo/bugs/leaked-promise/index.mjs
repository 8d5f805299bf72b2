// Nobody waits for the second call, so Lambda freezes it together with the environment.

const post = (path, body) =>
    fetch(process.env.UPSTREAM_URL + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
    });

export const handler = async (event) => {
    const order = await (await post('/orders', event)).json();
    post('/audit', { order: order.id }).catch(() => {});
    return order;
};
