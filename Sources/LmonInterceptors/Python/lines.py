"""Records as lines of JSON, put together as text: most of each is the same from call to call."""

from time import gmtime, strftime

try:
    # With no more of `json` than this, a start costs less.
    from _json import encode_basestring_ascii as quoted
except ImportError:
    from json.encoder import encode_basestring_ascii as quoted

_second = (0, "")
_texts = {}


def timestamp(at):
    """ISO 8601 with milliseconds, which records carry."""
    global _second
    whole = int(at)
    second, text = _second
    if second != whole:
        text = strftime("%Y-%m-%dT%H:%M:%S", gmtime(whole))
        _second = (whole, text)
    return "%s.%03dZ" % (text, (at - whole) * 1000)


def line(kind, at, invocation_id, record):
    """`record` is JSON already."""
    if invocation_id is None:
        text = '{"type":"%s","time":"%s","record":%s}' % (kind, timestamp(at), record)
    else:
        text = '{"type":"%s","time":"%s","invocation":%s,"record":%s}' % (
            kind, timestamp(at), quoted(invocation_id), record)
    return text.encode("ascii")


def rendered(value):
    """A value of records as JSON; names of members are plain."""
    kind = type(value)
    if kind is str:
        return quoted(value)
    if kind is bool:
        return "true" if value else "false"
    if kind is int or kind is float:
        return repr(value)
    if kind is dict:
        return "{%s}" % ",".join(['"%s":%s' % (name, rendered(member)) for name, member in value.items()])
    if kind is list or kind is tuple:
        return "[%s]" % ",".join([rendered(element) for element in value])
    return "null" if value is None else quoted(str(value))


def members(**members):
    """Further members of an object, each after a comma; those that are None are left out."""
    return "".join([',"%s":%s' % (name, rendered(value)) for name, value in members.items() if value is not None])


class Headers(list):
    """Pairs that do not change and may come again: with their text and whether AWS may be meant, once it is known."""

    text = may_be_aws = None


def headers_text(headers, redaction):
    """Pairs of names and values, redacted; what comes again and again is remembered."""
    if type(headers) is Headers:
        if headers.text is None:
            headers.text = headers_text(list(headers), redaction)
        return headers.text
    texts = list(map(_texts.get, headers))
    if None in texts:
        texts = [text or _header_text(pair, redaction) for pair, text in zip(headers, texts)]
    return ",".join(texts)


def _header_text(pair, redaction):
    name, value = pair
    value = str(value)
    safe = redaction.redact_header(name, value)
    text = "[%s,%s]" % (quoted(name), quoted(safe))
    # No secret is kept.
    if safe == value and len(value) <= 200:
        redaction.remember(_texts, pair, text)
    return text
