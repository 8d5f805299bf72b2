"""JSON as Lambda's Python runtimes read and write it: numbers of any precision (Decimal), bytes that are text, and tuples
with names as objects, beside what Python's own module writes."""

import json
import os
from json.encoder import encode_basestring, encode_basestring_ascii

# As the service does since python3.12.
_is_ascii = os.environ.get("AWS_EXECUTION_ENV", "")[-4:] not in ("3.12", "3.13", "3.14", "3.15")
_text = encode_basestring_ascii if _is_ascii else encode_basestring
_fast = json.JSONEncoder(ensure_ascii=_is_ascii).encode
_plain = frozenset((str, int, float, bool, type(None)))


def decode(body):
    return json.loads(body)


def encode(value):
    text = _fast(value) if _is_plain(value) else _written(value, set())
    return text.encode("utf-8", "surrogatepass")


def type_and_body(response):
    if isinstance(response, bytes):
        return "application/unknown", response
    return "application/json", encode(response)


def _is_plain(value):
    """Whether Python's encoder writes the same. It tells cycles."""
    stack = [value]
    seen = 0
    while stack:
        value = stack.pop()
        kind = type(value)
        if kind in _plain:
            continue
        seen += 1
        if kind is dict:
            for key in value:
                if type(key) is not str:
                    return False
            stack.extend(value.values())
        elif kind is list or kind is tuple:
            stack.extend(value)
        else:
            return False
        if seen > 100000:
            return False
    return True


def _written(value, above):
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bytes):
        return _text(value.decode("utf-8"))
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return _number(value)
    if type(value).__name__ == "Decimal":
        return "NaN" if value.is_nan() else str(value)
    if id(value) in above:
        raise ValueError("Circular reference detected")
    above.add(id(value))
    members = getattr(value, "_asdict", None) if isinstance(value, tuple) else None
    if isinstance(value, dict) or callable(members):
        pairs = (members() if callable(members) else value).items()
        text = "{%s}" % ", ".join("%s: %s" % (_text(_key(key)), _written(one, above)) for key, one in pairs)
    elif isinstance(value, (list, tuple)):
        text = "[%s]" % ", ".join(_written(one, above) for one in value)
    else:
        raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)
    above.discard(id(value))
    return text


def _number(value):
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return float.__repr__(value)


def _key(key):
    if isinstance(key, str):
        return key
    if isinstance(key, bytes):
        return key.decode("utf-8")
    if key is None or key is True or key is False or isinstance(key, (int, float)):
        return _written(key, ())
    raise TypeError("keys must be str, int, float, bool or None, not %s" % type(key).__name__)
