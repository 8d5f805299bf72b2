'use strict';

const http = require('http');

const url = `http://127.0.0.1:${process.env.UPSTREAM}`;
const get = (path) => new Promise((resolve) => {
    http.get(url + path, (response) => response.resume().on('end', () => resolve(response.statusCode)));
});

get('/ok?during=init');
exports.handler = async ({ n }) => {
    if (n === 1) { setTimeout(() => get('/ok?left=over'), 30); }
    if (n === 2) { await new Promise((resolve) => { setTimeout(resolve, 60); }); }
    return [await get(`/ok?http=${n}`), (await fetch(`${url}/ok?fetch=${n}`)).status];
};
