'use strict';

// Calls with a secret in every place that the rules name, the same ones for the same seed. `plan(seed, limit)`: the calls,
// by number, and the secrets. What a call sends and what it is answered each hold a harmless text with its number.

const zlib = require('zlib');

const LETTERS = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const UPPER = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
/// How much more than the limit is kept of a body: it is redacted before it is cut.
const SLACK = 4096;
const names = [
    'password', 'client_secret', 'accessToken', 'api-key', 'X-Api-Key', 'private_key', 'session_id', 'refresh_token',
    'Signature', 'db_password', 'JWT', 'aws_secret_access_key', 'PASSPHRASE', 'pass%77ord', 'iban',
];
const headerNames = [
    'Authorization', 'Proxy-Authorization', 'Cookie', 'X-Api-Key', 'X-Amz-Security-Token', 'x-vault-token', 'X-Signature',
    'APIKEY', 'X-Db-Password', 'X-Session-Id', 'X-Iban',
];

class Chance {
    constructor(seed) { this.state = seed; }

    /// A whole number below `end` (mulberry32).
    below(end) {
        this.state = (this.state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
        return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296 * end);
    }

    pick(list) { return list[this.below(list.length)]; }

    text(length, letters = LETTERS) { return Array.from({ length }, () => this.pick(letters)).join(''); }
}

class Plan {
    constructor(seed) {
        this.chance = new Chance(seed);
        this.secrets = [];
        this.calls = [];
    }

    /// `where`: for who finds it.
    secret(where, length = 24) {
        const text = this.chance.text(length);
        this.secrets.push({ where, text });
        return text;
    }

    /// Known by its looks: its name is none.
    shaped(where) {
        const text = this.chance.text(16, UPPER);
        this.secrets.push({ where, text });
        return this.chance.pick(['AKIA', 'ASIA']) + text;
    }

    bearer(where) { return `Bearer ${this.secret(where, 40)}`; }

    name() { return this.chance.pick(names); }

    /// Texts by kind, each with its type; `mark` stands in it as it is.
    texts(mark) {
        const secret = (kind) => this.secret(`${mark}, ${kind}`);
        const shaped = (kind) => this.shaped(`${mark}, ${kind}`);
        const named = () => this.name().replace('%77', 'w');
        const quoted = (kind) => JSON.stringify(`${secret(kind)} é"/\\&=日本 ${secret(kind)}`);
        return {
            form: ['application/x-www-form-urlencoded', `page=${mark}&${this.name()}=${secret('form')}&user%5B${this.name()}%5D=${secret('form')}+%C3%A9&x=1`],
            json: ['application/json', `{"page":"${mark}","${named()}":${quoted('json')},"list":[1,2],"${named()}" : "${secret('json')}"}`],
            deep: ['application/json', `{"page":"${mark}","a":{"${named()}":["${secret('deep')}",{"b":"${secret('deep')}","c":[["${secret('deep')}"]]}]}}`],
            escaped: ['application/json', `{"page":"${mark}","pass\\u0077ord":"${secret('escaped')}","\\u0074oken":"\\"${secret('escaped')}"}`],
            nested: ['application/json', `{"page":"${mark}","body":${JSON.stringify(JSON.stringify({ [named()]: secret('nested'), inner: JSON.stringify({ token: secret('nested') }) }))}}`],
            xml: ['text/xml', `<A><Page>${mark}</Page><Password>${secret('xml')}</Password><b:AuthToken x="1">${secret('xml')}</b:AuthToken></A>`],
            parts: ['multipart/form-data; boundary=b', `--b\r\nContent-Disposition: form-data; name="page"\r\n\r\n${mark}\r\n`
                + `--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n${secret('parts')}\r\n--b--\r\n`],
            lines: ['application/x-ndjson', `{"page":"${mark}"}\n{"${named()}":"${secret('lines')}"}\n{"b":2}\n`],
            events: ['text/event-stream', `event: ${mark}\ndata: {"${named()}":"${secret('events')}"}\n\n`],
            text: ['text/plain', `${mark} password=${secret('text')} key ${shaped('text')}, https://ada:${secret('text')}@api.test/?token=${secret('text')} `
                + `and ${this.bearer(`${mark}, text`)}.`],
            foreign: ['application/json', `{"größe":"日本語 ${mark}","пароль":"ü","${named()}":"${secret('foreign')}","après":"é😀"}`],
        };
    }

    url(mark) {
        const where = `${mark}, url`;
        return `?page=${mark}&${this.name()}=${this.secret(where)}&x=1&a%5B${this.name()}%5D=${this.secret(where)}&key=${this.shaped(where)}`;
    }

    headers(mark) {
        const where = `${mark}, headers`;
        const headers = [['X-Page', mark], ['X-Note', `key ${this.shaped(where)}`],
            ['Referer', `https://ada:${this.secret(where)}@b.test/?token=${this.secret(where)}`]];
        for (let i = 0; i < 4; i += 1) {
            const name = headerNames[(this.calls.length * 4 + i) % headerNames.length];
            headers.push([name, `Basic ${this.secret(`${where}, ${name}`)}`]);
        }
        return headers;
    }

    answerHeaders(mark) {
        const where = `${mark}, answer's headers`;
        return [
            ['X-Page', mark], ['Set-Cookie', `a=${this.secret(where)}; Path=/`], ['Set-Cookie', `b=${this.secret(where)}`],
            ['X-Auth-Token', this.secret(where)], ['X-Amz-Security-Token', this.secret(where)],
            ['Location', `https://ada:${this.secret(where)}@c.test/?state=1&access_token=${this.secret(where)}`],
            ['Link', `<https://ada:${this.secret(where)}@d.test/1>; rel="next", <https://e.test/?token=${this.secret(where)}>`],
        ];
    }

    /// `sent` and `answered`: `{ type, body, coding, more, size }`, of which `more` goes around with the body: how it is written.
    call(client, make) {
        const number = this.calls.length;
        const mark = (side) => `harmless-${number}-${side}`;
        const { sent, answered, status = 200, ...rest } = make(mark);
        const header = ({ type, coding }) => [['Content-Type', type], ...(coding ? [['Content-Encoding', coding]] : [])];
        this.calls.push({
            number, client, method: sent === undefined ? 'GET' : 'POST', path: `/${number}${this.url(mark('url'))}`,
            headers: [...this.headers(mark('sent')), ...(sent === undefined ? [] : header(sent))], sent,
            status, answerHeaders: [...this.answerHeaders(mark('answered')), ...header(answered)], answered, ...rest,
        });
    }
}

const codings = { '': (bytes) => bytes, gzip: zlib.gzipSync, br: zlib.brotliCompressSync, deflate: zlib.deflateSync };

function coded(text, type, coding, more = {}) {
    return { type, coding, body: codings[coding](Buffer.from(text)), ...more };
}

/// Noise that cannot be packed, so that the bytes that are kept end in it or right behind.
function cuts(plan, limit, coding) {
    const texts = [];
    const room = limit + SLACK;
    for (const end of coding === '' ? [limit, room] : [Math.floor(room * 4 / 3), limit]) {
        for (let before = -40; before <= 60; before += 4) {
            texts.push((mark) => {
                const noise = plan.chance.text(Math.max(0, end - mark.length - 40 + before));
                const secret = () => plan.secret(`${mark}, cut ${before} before ${end}, ${coding}`);
                return ['application/json', `{"page":"${mark}","n":"${noise}","token":"${secret()}","list":[{"password":"${secret()}"}]}`];
            });
        }
    }
    // What is redacted makes room for what comes next, up to where the bytes end that were kept.
    for (let before = -60; before <= 20; before += 3) {
        texts.push((mark) => {
            const where = `${mark}, behind what was redacted, ${before}, ${coding}`;
            const long = plan.chance.text(Math.max(0, room - mark.length - 40 + before));
            const next = plan.chance.pick([
                () => `"token":"${plan.secret(where)}"`, () => `"u":"https://ada:${plan.secret(where)}@f.test/"`,
                () => `"u":"x password=${plan.secret(where)}"`, () => `"u":"${plan.bearer(where)}"`,
            ]);
            return ['application/json', `{"page":"${mark}","secret":"${long}",${next()},"x":1}`];
        });
    }
    return texts;
}

function make(seed, limit) {
    const plan = new Plan(seed);
    const clients = ['http', 'fetch', 'http2'];
    // Each kind of body in each coding, both ways.
    const kinds = Object.keys(plan.texts('none'));
    plan.secrets.length = 0;
    for (const kind of kinds) {
        for (const coding of Object.keys(codings)) {
            for (const client of clients) {
                plan.call(client, (mark) => {
                    const [type, sent] = plan.texts(mark('sent'))[kind];
                    const [, answered] = plan.texts(mark('answered'))[kind];
                    return { sent: coded(sent, type, coding), answered: coded(answered, type, coding), status: plan.chance.pick([200, 200, 500, 404]) };
                });
            }
        }
    }
    // Written as text in each encoding, byte by byte, and in pieces that part a secret.
    for (const encoding of ['utf8', 'latin1', 'binary', 'ascii', 'ucs2', 'utf16le', 'base64', 'base64url', 'hex', undefined]) {
        for (const piece of [1, 7, 1000000]) {
            for (const client of ['http', 'http2']) {
                plan.call(client, (mark) => {
                    const isWide = encoding === 'ucs2' || encoding === 'utf16le';
                    const kind = isWide ? plan.chance.pick(['json', 'form', 'xml', 'text', 'foreign']) : plan.chance.pick(['json', 'form', 'foreign', 'nested']);
                    const [type, text] = plan.texts(mark('sent'))[kind];
                    const [answerType, answer] = plan.texts(mark('answered')).json;
                    const isHidden = isWide || (['latin1', 'binary', 'ascii'].includes(encoding) && /[^\x00-\x7f]/.test(text));
                    return {
                        sent: { type, coding: '', body: Buffer.from(text), text, encoding, piece, isHidden },
                        answered: coded(answer, answerType, '', { piece }),
                    };
                });
            }
        }
    }
    // Answers that are no UTF-8: UTF-16 either way, Latin-1, and packed ones that nobody said are.
    for (const [name, pack] of Object.entries({
        'UTF-16LE': (text) => Buffer.from(text, 'utf16le'), 'UTF-16BE': (text) => Buffer.from(text, 'utf16le').swap16(),
        'Latin-1': (text) => Buffer.from(text.replace(/[^\x00-\xff]/g, 'ÿ'), 'latin1'),
        NUL: (text) => Buffer.from(`${text}\0`),
    })) {
        for (const kind of kinds) {
            plan.call(plan.chance.pick(clients), (mark) => {
                const [type, text] = plan.texts(mark('answered'))[kind];
                const body = pack(text);
                const isHidden = body.includes(0) || !body.equals(Buffer.from(body.toString()));
                return { answered: { type: `${type}; charset=${name}`, coding: '', body, isHidden } };
            });
        }
    }
    // With a large limit, there would be too much to look through.
    for (const coding of limit > 2000 ? [] : Object.keys(codings)) {
        for (const text of cuts(plan, limit, coding)) {
            plan.call(plan.chance.pick(['http', 'fetch']), (mark) => {
                const [type, sent] = text(mark('sent'));
                const [, answered] = text(mark('answered'));
                return { sent: coded(sent, type, coding), answered: coded(answered, type, coding) };
            });
        }
    }
    // AWS's, whose bodies are secret as a whole.
    for (const client of clients) {
        plan.call(client, (mark) => ({
            more: [['X-Amz-Target', 'secretsmanager.GetSecretValue']],
            sent: { type: 'application/x-amz-json-1.1', coding: '', body: Buffer.from(`{"SecretId":"${plan.secret(mark('sent'))}"}`), isHidden: true },
            answered: { type: 'application/x-amz-json-1.1', coding: '', body: Buffer.from(`{"plain":"${plan.secret(mark('answered'))}"}`), isHidden: true },
        }));
    }
    // What goes wrong, and where calls are sent on to.
    for (const special of ['user', 'refused', 'refused fetch', 'destroyed', 'proxy', 'connect', 'redirect', 'no name', 'aborted fetch', 'broken']) {
        plan.call(special, (mark) => ({
            answered: coded(...plan.texts(mark('answered')).json.reverse(), ''), user: `ada:${plan.secret(`${special}, user`)}`,
            message: `cannot reach https://ada:${plan.secret(`${special}, message`)}@g.test/?page=${mark('message')}&token=${plan.secret(`${special}, message`)}`
                + `, which said {"password":"${plan.secret(`${special}, message`)}"}`,
        }));
    }
    return { calls: plan.calls, secrets: plan.secrets };
}

module.exports = { plan: make };
