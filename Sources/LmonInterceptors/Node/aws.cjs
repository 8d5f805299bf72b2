'use strict';

// Which service and operation of AWS a request calls, where it says so itself: in its signature, in a header of its
// protocol, in its form, or by method and path as aws.json lists them. Nothing is guessed: what none of these tells
// stays unknown.

const { find } = require('./bodies.cjs');
const { rules } = require('./redaction.cjs');

let table;
const routes = new Map();

/// `{service, operation, attempt, isSecret}`; `body` is a capture of the request's.
function nameAWS(method, url, headers, body) {
    const hostAt = url.indexOf('://') + 3;
    const pathAt = url.indexOf('/', hostAt);
    const host = (pathAt < 0 ? url.slice(hostAt) : url.slice(hostAt, pathAt)).toLowerCase();
    const target = find(headers, 'x-amz-target');
    const signed = signedService(headers, url) ?? cachedService(headers, url, pathAt);
    const isAWS = host.includes('.amazonaws.');
    if (signed === undefined && target === '' && !isAWS) { return {}; }
    table ??= require('../Shared/aws.json');
    const service = signed ?? (isAWS ? serviceOfHost(host) : undefined);
    const isSecret = rules.services.includes(service) || rules.targets.some((begin) => target.startsWith(begin));
    return { service, operation: operationOf(service, method, host, pathAt < 0 ? '/' : url.slice(pathAt), headers, target, body),
        attempt: attemptOf(headers), isSecret };
}

/// From the scope of a signature, `KEY/date/region/service/aws4_request` (without region if it is for several), in its
/// header or in the query.
function signedService(headers, url) {
    const header = find(headers, 'authorization');
    let scope = header.startsWith('AWS4-') ? header.split('Credential=')[1]?.split(/[,\s]/)[0] : undefined;
    if (scope === undefined) {
        const at = url.indexOf('X-Amz-Credential=');
        if (at < 0) { return undefined; }
        scope = decoded(url.slice(at + 17).split('&')[0]);
    }
    const parts = scope.split('/');
    return parts.at(-1) === 'aws4_request' && parts.length >= 4 ? parts.at(-2) : undefined;
}

/// Of AWS's extension that keeps secrets and parameters beside the function: it is asked with a header of its own.
function cachedService(headers, url, pathAt) {
    if (find(headers, 'x-aws-parameters-secrets-token') === '') { return undefined; }
    return pathAt > 0 && url.startsWith('/secretsmanager', pathAt) ? 'secretsmanager' : 'ssm';
}

function decoded(text) {
    try { return decodeURIComponent(text); } catch { return text; }
}

function serviceOfHost(host) {
    for (const label of host.split('.')) {
        const name = table.hosts.find((known) => label === known || (known === 's3' && label.startsWith('s3-')));
        if (name !== undefined) { return table.names[name] ?? name; }
    }
    return undefined;
}

function operationOf(service, method, host, target, headers, amzTarget, body) {
    if (amzTarget !== '') { return amzTarget.slice(amzTarget.lastIndexOf('.') + 1); }
    const [path, query = ''] = target.split('#')[0].split('?');
    if (find(headers, 'smithy-protocol') !== '') { return path.match(/\/service\/[^/]+\/operation\/([^/]+)$/)?.[1]; }
    const action = actionOf(query) ?? actionOf(body.start());
    if (action !== undefined) { return action; }
    const known = table.services[service];
    return known === undefined ? undefined : routed(service, known, method, service === 's3' ? pathStyle(host, path) : path, query, headers);
}

/// The query protocol: a member `Action` of the form or of the query.
function actionOf(form) {
    if (!form.startsWith('Action=') && !form.includes('&Action=')) { return undefined; }
    const name = form.slice(form.indexOf('Action=') + 7).split('&')[0];
    return /^[A-Za-z]+$/.test(name) ? name : undefined;
}

/// S3 names a bucket in the host or in the path; here, in the path.
function pathStyle(host, path) {
    const labels = host.split('.');
    const at = labels.findIndex((label) => label === 's3' || label.startsWith('s3-') || label.startsWith('s3express-'));
    return at > 0 ? `/${labels.slice(0, at).join('.')}${path === '/' ? '' : path}` : path;
}

function routed(service, { plain, prefixes, routes: list }, method, path, query, headers) {
    let parsed = routes.get(service);
    if (parsed === undefined) {
        parsed = Object.keys(list).map((key) => parse(key, list[key]));
        routes.set(service, parsed);
    }
    const segments = path.split('/').filter((segment) => segment !== '').map(decoded);
    const pairs = query === '' ? [] : query.split('&').map((pair) => pair.toLowerCase());
    const named = pairs.find((pair) => pair.startsWith('x-id='));
    if (named !== undefined) { return query.split('&')[pairs.indexOf(named)].slice(5); }
    const selecting = plain === undefined ? [] : pairs.filter((pair) => {
        const name = pair.split('=')[0];
        return !plain.includes(name) && !prefixes.some((prefix) => name.startsWith(prefix));
    });
    return parsed.find((route) => route.method === method && matches(route.segments, segments)
        && (route.header === undefined || find(headers, route.header) !== '')
        && (plain === undefined || selects(route.query, selecting)))?.operation;
}

/// `METHOD /path[?key[=value]] [header]`; `{}` is one segment, `{+}` the rest.
function parse(key, operation) {
    const [method, target, header] = key.split(' ');
    const [path, query] = target.split('?');
    return { method, segments: path.split('/').filter((segment) => segment !== ''), query, header, operation };
}

function matches(pattern, segments) {
    const isOpen = pattern.at(-1) === '{+}';
    if (isOpen ? segments.length < pattern.length : segments.length !== pattern.length) { return false; }
    return pattern.every((part, index) => part === '{}' || part === '{+}' || part === segments[index]);
}

/// The one key of a query that selects an operation must be the route's, and there must be no other.
function selects(key, selecting) {
    if (key === undefined) { return selecting.length === 0; }
    return selecting.length === 1 && (selecting[0] === key || selecting[0].split('=')[0] === key);
}

/// Which try of one call this is, as the SDK counts.
function attemptOf(headers) {
    const attempt = Number(find(headers, 'amz-sdk-request').split('attempt=')[1]?.split(';')[0]);
    return Number.isSafeInteger(attempt) && attempt > 0 ? attempt : undefined;
}

module.exports = { nameAWS };
