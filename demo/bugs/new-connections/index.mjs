// Opens a connection for every request, since each has an agent of its own.

import http from 'node:http';

const call = (method, path) =>
    new Promise((resolve, reject) => {
        const request = http.request(process.env.UPSTREAM_URL + path, { method, agent: new http.Agent() }, (response) => {
            let text = '';
            response.on('data', (chunk) => (text += chunk)).on('end', () => resolve(JSON.parse(text)));
        });
        request.on('error', reject).end();
    });

export const handler = async () => {
    const user = await call('GET', '/users/4');
    const order = await call('POST', '/orders');
    return { user: user.name, order: order.id };
};
