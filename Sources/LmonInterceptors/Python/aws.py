"""Which service and operation of AWS a request calls, where it says so itself: in its signature, in a header of its
protocol, in its form, or by method and path as aws.json lists them. Nothing is guessed: what none of these tells stays
unknown."""

import re
from urllib.parse import unquote

from .bodies import find
from .lines import Headers
from .redaction import read_json, rules

#: Of AWS's extension that keeps secrets and parameters beside the function.
CACHE_HEADER = "x-aws-parameters-secrets-token"

_table = None
_routes = {}
_action = re.compile("(?:^|&)Action=([A-Za-z]+)(?:&|$)")
_rpc = re.compile("/service/[^/]+/operation/([^/]+)$")
_scope_end = re.compile(r"[,\s]")


def may_be_aws(url, headers):
    """Cheap, for every call; `name_call` looks closer."""
    if ".amazonaws." in url.lower() or "X-Amz-Credential=" in url:
        return True
    if type(headers) is not Headers:
        return _may_be_signed(headers)
    if headers.may_be_aws is None:
        headers.may_be_aws = _may_be_signed(headers)
    return headers.may_be_aws


def _may_be_signed(headers):
    for name, value in headers:
        length = len(name)
        if length == 12 and name.lower() == "x-amz-target":
            return True
        if length == 30 and name.lower() == CACHE_HEADER:
            return True
        if length == 13 and value.startswith("AWS4-") and name.lower() == "authorization":
            return True
    return False


def name_call(method, url, headers, start):
    """`(service, operation, attempt, is_secret)`; `start` is the beginning of the body, as text."""
    global _table
    host, target = _split(url)
    amz_target = find(headers, "x-amz-target")
    signed = _signed_service(headers, url)
    if signed is None and find(headers, CACHE_HEADER):
        signed = "secretsmanager" if target.startswith("/secretsmanager") else "ssm"
    is_aws = ".amazonaws." in host
    if signed is None and not amz_target and not is_aws:
        return None, None, None, False
    if _table is None:
        _table = read_json("aws.json")
    service = signed if signed is not None else _service_of_host(host) if is_aws else None
    is_secret = service in rules["services"] or amz_target.startswith(tuple(rules["targets"]))
    operation = _operation(service, method, host, target, headers, amz_target, start)
    return service, operation, _attempt(headers), is_secret


def _split(url):
    begin = url.find("://") + 3
    slash = url.find("/", begin)
    return (url[begin:].lower(), "/") if slash < 0 else (url[begin:slash].lower(), url[slash:])


def _signed_service(headers, url):
    """From the scope of a signature, `KEY/date/region/service/aws4_request` (without region if it is for several), in its
    header or in the query."""
    header = find(headers, "authorization")
    if header.startswith("AWS4-") and "Credential=" in header:
        scope = _scope_end.split(header.split("Credential=", 1)[1], maxsplit=1)[0]
    else:
        at = url.find("X-Amz-Credential=")
        if at < 0:
            return None
        scope = unquote(url[at + 17:].split("&", 1)[0])
    parts = scope.split("/")
    return parts[-2] if parts[-1] == "aws4_request" and len(parts) >= 4 else None


def _service_of_host(host):
    for label in host.split("."):
        for known in _table["hosts"]:
            if label == known or (known == "s3" and label.startswith("s3-")):
                return _table["names"].get(known, known)
    return None


def _operation(service, method, host, target, headers, amz_target, start):
    if amz_target:
        return amz_target[amz_target.rfind(".") + 1:]
    path, _, query = target.split("#", 1)[0].partition("?")
    if find(headers, "smithy-protocol"):
        rpc = _rpc.search(path)
        return rpc.group(1) if rpc else None
    action = _action.search(query) or _action.search(start)
    if action is not None:
        return action.group(1)
    known = _table["services"].get(service)
    if known is None:
        return None
    return _routed(service, known, method, _path_style(host, path) if service == "s3" else path, query, headers)


def _path_style(host, path):
    """S3 names a bucket in the host or in the path; here, in the path."""
    labels = host.split(".")
    for at, label in enumerate(labels):
        if label == "s3" or label.startswith(("s3-", "s3express-")):
            return "/" + ".".join(labels[:at]) + ("" if path == "/" else path) if at > 0 else path
    return path


def _routed(service, known, method, path, query, headers):
    routes = _routes.get(service)
    if routes is None:
        routes = _routes[service] = [_parsed(key, name) for key, name in known["routes"].items()]
    segments = [unquote(segment) for segment in path.split("/") if segment]
    pairs = query.split("&") if query else []
    for pair in pairs:
        if pair.lower().startswith("x-id="):
            return pair[5:]
    plain = known.get("plain")
    selecting = None if plain is None else [
        pair for pair in map(str.lower, pairs)
        if pair.split("=")[0] not in plain and not pair.startswith(tuple(known["prefixes"]))]
    for route_method, pattern, key, header, operation in routes:
        if (route_method == method and _matches(pattern, segments) and (header is None or find(headers, header))
                and (selecting is None or _selects(key, selecting))):
            return operation
    return None


def _parsed(key, operation):
    """`METHOD /path[?key[=value]] [header]`; `{}` is one segment, `{+}` the rest."""
    method, target, header = (key.split(" ") + [None])[:3]
    path, _, query = target.partition("?")
    return method, [part for part in path.split("/") if part], query or None, header, operation


def _matches(pattern, segments):
    is_open = bool(pattern) and pattern[-1] == "{+}"
    if len(segments) < len(pattern) if is_open else len(segments) != len(pattern):
        return False
    return all(part in ("{}", "{+}") or part == segment for part, segment in zip(pattern, segments))


def _selects(key, selecting):
    """The one key of a query that selects an operation must be the route's, and there must be no other."""
    if key is None:
        return not selecting
    return len(selecting) == 1 and key in (selecting[0], selecting[0].split("=")[0])


def _attempt(headers):
    """Which try of one call this is, as the SDK counts."""
    text = find(headers, "amz-sdk-request").partition("attempt=")[2].split(";")[0]
    return int(text) if text.isascii() and text.isdigit() and int(text) > 0 else None
