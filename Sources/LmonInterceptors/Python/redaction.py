"""Redaction: what never leaves the process. The rules are data, one file for all languages, and hold no regular
expressions; what is compiled from them here only walks through text as fast as Python can. Text is scanned, not parsed,
so that a body cut anywhere is treated like a whole one."""

import json
import os
import re


def _read(name):
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
        return json.load(file)


rules = _read("rules.json")
MARKER = rules["marker"]
KEY_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.%[]$~+"
WORD = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}

_word = re.compile("[^A-Za-z0-9]+")
_space = re.compile("[ \n\r\t]*")
_string = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*', re.S)
_structure = re.compile(r'["{}\[\],]')
_structure_or_number = re.compile(r'["{}\[\],\-0-9]')
_number = re.compile(r"[-0-9][0-9+\-.eE]*")
_tag = re.compile("<([" + re.escape(KEY_CHARACTERS) + ":]+)")
_value = re.compile('[^ \n\r\t&"\\\\<>#]*')
_escape = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.)|$)", re.S)
_percent = re.compile("%([0-9a-fA-F]{2})")
_shapes = [
    (shape["prefix"], shape["minimum"], shape["maximum"],
     re.compile("[" + re.escape(rules["alphabets"][shape["alphabet"]]) + "]*"))
    for shape in rules["shapes"]
]

# Bytes as lower-case letters and digits only.
_lower = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")
_others = bytes(set(range(256)) - set("".join(WORD).encode()))

_extra = []
_key_parts = [part.encode() for part in rules["keys"]]
_header_names = {}
_key_names = {}
_headers = {}


def also_redact(names):
    """Further names, from LMON_REDACT."""
    global _extra, _key_parts
    _extra = [name for name in map(normalized, names) if name]
    _key_parts = [part.encode() for part in rules["keys"] + _extra]
    for cache in (_header_names, _key_names, _headers):
        cache.clear()


def normalized(name):
    return _word.sub("", name).lower()


def _is_secret_header(name):
    answer = _header_names.get(name)
    if answer is None:
        lower, plain = name.lower(), normalized(name)
        answer = len(name) <= 256 and (
            any(part in lower for part in rules["headers"]) or any(part in plain for part in _extra))
        _remember(_header_names, name, answer)
    return answer


def _remember(cache, key, value):
    if len(cache) > 2000:
        cache.clear()
    cache[key] = value


def _secrecy(name):
    """0: not secret. 1: its strings are. 2: its numbers are, too."""
    answer = _key_names.get(name)
    if answer is None:
        answer = _decide(name)
        _remember(_key_names, name, answer)
    return answer


def _decide(name):
    if len(name) > 256:
        return 0
    key = normalized(name)
    if any(part in key for part in _extra):
        return 2
    if key in rules["plain"] or not any(part in key for part in rules["keys"]):
        return 0
    return 1 if any(key.endswith(end) for end in rules["numbers"]) else 2


def _may_hold_names(text):
    """Whether any secret name can be in the text: cheap, and never no where the answer is yes."""
    if "\\" in text or ("%" in text and "=" in text):
        return True
    letters = text.encode("utf-8", "replace").translate(_lower, _others)
    return any(part in letters for part in _key_parts)


class _Edit:
    """The text with some ranges replaced; hands the text back untouched when there were none."""

    __slots__ = ("text", "parts", "start")

    def __init__(self, text):
        self.text = text
        self.parts = []
        self.start = 0

    def replace(self, start, end, by=MARKER):
        if start >= end or (end - start == len(by) and self.text.startswith(by, start)):
            return
        self.parts.append(self.text[self.start:start])
        self.parts.append(by)
        self.start = end

    def done(self):
        return self.text if self.start == 0 else "".join(self.parts) + self.text[self.start:]


def _skip_space(text, at):
    return _space.match(text, at).end() if at < len(text) else at


def _string_end(text, start):
    """Where the string that starts after its quote ends: at its closing quote, or at the end of the text."""
    end = _string.match(text, start).end()
    return end if text.startswith('"', end) else len(text)


def _unescaped(raw):
    if "\\" not in raw:
        return raw
    result = _escape.sub(_unescape, raw)
    if "\\u" in raw:
        result = result.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return result


def _unescape(match):
    code, letter = match.groups()
    if code is not None:
        return chr(int(code, 16))
    return "" if letter is None else ESCAPES.get(letter, letter)


def _redact_json(text, depth):
    """JSON, or what looks like it: values of secret names are replaced, also inside JSON that a string holds."""
    edit = _Edit(text)
    pending = hidden = hidden_level = 0
    at, end_of_text = 0, len(text)
    while True:
        level = hidden_level if hidden else pending
        found = (_structure_or_number if level == 2 else _structure).search(text, at)
        if found is None:
            return edit.done()
        at = found.start()
        c = text[at]
        if c == '"':
            end = _string_end(text, at + 1)
            following = _skip_space(text, end + 1)
            if end < end_of_text and text.startswith(":", following):
                pending = _secrecy(_unescaped(text[at + 1:end]))
                at = following + 1
                continue
            if level > 0:
                edit.replace(at + 1, end)
            elif depth < 4:
                _redact_nested(edit, text, at + 1, end, depth)
            pending = 0
            at = end + 1
        elif c in "{[":
            if level > 0:
                if hidden == 0:
                    hidden_level = level
                hidden += 1
            pending = 0
            at += 1
        elif c in "}],":
            if c != "," and hidden > 0:
                hidden -= 1
            pending = 0
            at += 1
        else:
            end = _number.match(text, at).end()
            edit.replace(at, end, '"' + MARKER + '"')
            pending = 0
            at = end


def _redact_nested(edit, text, start, end, depth):
    first = _skip_space(text, start)
    if text[first:first + 1] not in ("{", "[", "\\"):
        return
    inner = _unescaped(text[start:end])
    if not _looks_like_json(inner):
        return
    safe = _redact_json(inner, depth + 1)
    if safe != inner:
        edit.replace(start, end, json.dumps(safe, ensure_ascii=False)[1:-1])


def _looks_like_json(text):
    first = _skip_space(text, 0)
    return text[first:first + 1] in ("{", "[", '"')


def _redact_pairs(text, is_form):
    """`name=value` pairs wherever they stand. In a form a value ends at `&` only."""
    at = text.find("=")
    if at < 0:
        return text
    edit = _Edit(text)
    while at >= 0:
        before = text[max(edit.start, at - 256):at]
        name = before[len(before.rstrip(KEY_CHARACTERS)):]
        if name and _secrecy(_percent_decoded(name)):
            start, end = _value_range(text, at + 1, is_form)
            edit.replace(start, end)
            at = max(at, end - 1)
        at = text.find("=", at + 1)
    return edit.done()


def _percent_decoded(name):
    """As far as a name needs it: each `%XX` one character."""
    return _percent.sub(lambda match: chr(int(match.group(1), 16)), name) if "%" in name else name


def _value_range(text, start, is_form):
    if is_form:
        end = text.find("&", start)
        return start, len(text) if end < 0 else end
    escaped = 1 if text.startswith('\\"', start) else 0
    quote = text[start + escaped:start + escaped + 1]
    if quote in ('"', "'"):
        begin = start + escaped + 1
        close = text.find('\\"' if escaped else quote, begin)
        return begin, len(text) if close < 0 else close
    return start, _value.match(text, start).end()


def _redact_xml(text):
    """`<Name>value</Name>`."""
    if "</" not in text:
        return text
    edit = _Edit(text)
    for tag in _tag.finditer(text):
        if not _secrecy(tag.group(1)):
            continue
        opened = text.find(">", tag.end())
        if opened < 0 or text[opened - 1] == "/":
            continue
        close = text.find("<", opened + 1)
        edit.replace(opened + 1, len(text) if close < 0 else close)
    return edit.done()


def _redact_parts(text):
    """Parts of `multipart/form-data` by their names."""
    at = text.find('name="')
    if at < 0 or "form-data" not in text:
        return text
    edit = _Edit(text)
    while at >= 0:
        end = text.find('"', at + 6)
        if end < 0:
            break
        if _secrecy(text[at + 6:end]):
            blank = text.find("\r\n\r\n", end)
            if blank < 0:
                break
            close = text.find("\r\n--", blank + 4)
            edit.replace(blank + 4, len(text) if close < 0 else close)
        at = text.find('name="', at + 6)
    return edit.done()


def _redact_lines(text):
    """Lines of JSON among other text: NDJSON, server-sent events, logs."""
    if '"' not in text:
        return text
    edit = _Edit(text)
    start = 0
    while start < len(text):
        newline = text.find("\n", start)
        end = len(text) if newline < 0 else newline
        brace = text.find("{", start, end)
        if brace >= 0:
            edit.replace(brace, end, _redact_json(text[brace:end], 0))
        start = end + 1
    return edit.done()


def _redact_shapes(text):
    """Credentials by their looks."""
    for prefix, minimum, maximum, allowed in _shapes:
        at = text.find(prefix)
        if at < 0:
            continue
        edit = _Edit(text)
        while at >= 0:
            if at == 0 or text[at - 1] not in WORD:
                end = allowed.match(text, at + len(prefix)).end()
                if minimum <= end - at <= maximum:
                    edit.replace(at, end)
                    at = end - 1
            at = text.find(prefix, at + 1)
        text = edit.done()
    return text


def redact_text(text, content_type=""):
    """A body as text. The content type is empty if unknown."""
    kind = content_type.lower()
    if _may_hold_names(text):
        if "x-www-form-urlencoded" in kind:
            text = _redact_pairs(text, True)
        else:
            if "json" in kind or _looks_like_json(text):
                text = _redact_json(text, 0)
            else:
                text = _redact_lines(_redact_parts(_redact_xml(text)))
            text = _redact_pairs(text, False)
    return _redact_shapes(text)


def redact_url(url):
    host = url.find("://")
    if host > 0:
        end = min((at for at in map(url[host + 3:].find, "/?#") if at >= 0), default=len(url) - host - 3) + host + 3
        at = url.rfind("@", host, end)
        if at > host:
            edit = _Edit(url)
            edit.replace(host + 3, at)
            url = edit.done()
    return _redact_shapes(_redact_pairs(url, False))


def redact_header(name, value):
    key = (name, value)
    safe = _headers.get(key)
    if safe is None:
        safe = MARKER if _is_secret_header(name) else _redact_shapes(_redact_pairs(value, False))
        if len(value) <= 200:
            _remember(_headers, key, safe)
    return safe
