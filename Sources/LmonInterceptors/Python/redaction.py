"""Redaction: what never leaves the process. The rules are data, one file for all languages, and hold no regular
expressions. This part is for what every call has: names, headers, URLs; bodies are in `redaction_text`."""

import os


def read_json(name):
    import json

    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
        return json.load(file)


rules = read_json("rules.json")
MARKER = rules["marker"]
KEY_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.%[]$~+"
WORD = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
HEX = frozenset("0123456789abcdefABCDEF")
VALUE_ENDS = ' \n\r\t&"\\<>#'
MAX_LOOKS = 16
#: What may stand behind a quoted value; "" is the end of the text.
QUOTED_ENDS = ("", *VALUE_ENDS, *",;)]}")
HOST_ENDS = "/?#"
HOST_ENDS_IN_TEXT = ' \t\r\n"\\<>/?#'

_shapes = [
    (shape["prefix"], shape["minimum"], shape["maximum"], rules["alphabets"][shape["alphabet"]])
    for shape in rules["shapes"]
]

#: Their first letters, which many texts lack.
_starts = [(shape[0][0], shape[0]) for shape in _shapes]

# Bytes as lower-case letters and digits only.
_lower = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")
_others = bytes(set(range(256)) - set("".join(WORD).encode()))

#: Letters, the rarest first: most texts lack some, which takes a moment to see.
RARE = "qzxjkvwbyfghpumdclosnirate"


def _by_rarest(parts):
    """The parts of names by their rarest letter."""
    groups = {}
    for part in parts:
        letter = min(part, key=lambda letter: RARE.find(letter) % 99)
        groups.setdefault(letter, []).append(part)
    return list(groups.items())


_extra = []
_key_parts = _by_rarest(rules["keys"])
_header_names = {}
_key_names = {}


def also_redact(names):
    """Further names, from LMON_REDACT."""
    global _extra, _key_parts
    _extra = [name for name in map(normalized, names) if name]
    _key_parts = _by_rarest(rules["keys"] + _extra)
    _header_names.clear()
    _key_names.clear()


def normalized(name):
    return name.encode("utf-8", "replace").translate(_lower, _others).decode()


def remember(cache, key, value):
    if len(cache) > 2000:
        cache.clear()
    cache[key] = value
    return value


def is_secret_header(name):
    answer = _header_names.get(name)
    if answer is None:
        lower, plain = name.lower(), normalized(name)
        answer = any(part in lower for part in rules["headers"]) or any(part in plain for part in _extra)
        if len(name) <= 256:
            remember(_header_names, name, answer)
    return answer


def secrecy(name):
    """0: not secret. 1: its strings are. 2: its numbers are, too."""
    answer = _key_names.get(name)
    return remember(_key_names, name, _decide(name)) if answer is None else answer


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
    if '"' not in text and "=" not in text and "<" not in text:
        return False
    if "\\" in text or ("%" in text and "=" in text):
        return True
    # As text: Python finds bytes in bytes five times slower.
    plain = normalized(text)
    for letter, parts in _key_parts:
        if letter in plain:
            for part in parts:
                if part in plain:
                    return True
    return False


class Edit:
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


def _first_of(text, start, ends):
    """Where the first of these characters stands, or the end of the text."""
    end = len(text)
    for character in ends:
        at = text.find(character, start, end)
        if at >= 0:
            end = at
    return end


def _redact_pairs(text, place):
    """`name=value` pairs wherever they stand: in a form, where a value ends at `&` only, in a URL or a header, or in a text."""
    is_form = place == "form"
    # So many values are looked into, whatever a program sends; of the others that may hold something nothing is told.
    looks = -1 if place == "text" else MAX_LOOKS
    at = text.find("=")
    if at < 0:
        return text
    edit = Edit(text)
    while at >= 0:
        before = text[max(edit.start, at - 256):at]
        name = before[len(before.rstrip(KEY_CHARACTERS)):]
        if name and secrecy(_percent_decoded(name)):
            start, end = _value_range(text, at + 1, is_form)
            edit.replace(start, end)
            at = max(at, end - 1)
        elif name and looks >= 0 and text.startswith(("{", "[", "%"), at + 1):
            start, end = _json_range(text, at + 1, is_form, looks > 0)
            looks = max(0, looks - 1)
            edit.replace(start, end)
            at = max(at, end - 1)
        at = text.find("=", at + 1)
    return edit.done()


def _json_range(text, start, is_form, is_looked_into):
    """The range of a value that is JSON, escaped or not, with a secret in it; else an empty one. Any value, if it is not
    looked into."""
    end = _first_of(text, start, "&" if is_form else "&#")
    if not is_looked_into:
        return start, end
    value = _percent_decoded(text[start:end])
    if looks_like_json(value):
        from .redaction_text import redact_names

        if redact_names(value, "json") != value:
            return start, end
    return start, start


def _percent_decoded(name):
    """As far as a name needs it: each `%XX` one character."""
    if "%" not in name:
        return name
    first, *rest = name.split("%")
    for part in rest:
        is_code = len(part) >= 2 and part[0] in HEX and part[1] in HEX
        first += chr(int(part[:2], 16)) + part[2:] if is_code else "%" + part
    return first


def _value_range(text, start, is_form):
    if is_form:
        end = text.find("&", start)
        return start, len(text) if end < 0 else end
    escaped = 1 if text.startswith('\\"', start) else 0
    quote = text[start + escaped:start + escaped + 1]
    if quote in ('"', "'"):
        begin = start + escaped + 1
        close = text.find('\\"' if escaped else quote, begin)
        if close < 0:
            return begin, len(text)
        if escaped or text[close + 1:close + 2] in QUOTED_ENDS:
            return begin, close
        # What goes on behind it did not end there.
        return start, _first_of(text, close + 1, VALUE_ENDS.replace(quote, ""))
    return start, _first_of(text, start, VALUE_ENDS)


def _redact_users(text, ends):
    """`user:password@` before the host of each URL in a text; what follows a host begins with one of `ends`."""
    mark = text.find("://")
    if mark < 0:
        return text
    edit = Edit(text)
    while mark >= 0:
        start = mark + 3
        end = _first_of(text, start, ends)
        at = text.rfind("@", start, end)
        if mark > 0 and at >= 0:
            edit.replace(start, at)
        elif mark > 0 and end == len(text) and _is_part_of_user(text, start):
            edit.replace(start, end)
        mark = text.find("://", end)
    return edit.done()


def _is_part_of_user(text, start):
    """The text was cut before the @: what follows the colon is no port."""
    colon = text.find(":", start)
    return colon >= 0 and not text.startswith("[", start) and text[colon + 1:].strip("0123456789") != ""


def _redact_shapes(text):
    """Credentials by their looks."""
    for prefix, minimum, maximum, allowed in _shapes:
        at = text.find(prefix)
        if at < 0:
            continue
        edit = Edit(text)
        while at >= 0:
            if at == 0 or text[at - 1] not in WORD:
                # One more than the longest: what goes on is none.
                rest = text[at + len(prefix):at + maximum + 1]
                end = at + len(prefix) + len(rest) - len(rest.lstrip(allowed))
                if minimum <= end - at <= maximum:
                    edit.replace(at, end)
                    at = end - 1
            at = text.find(prefix, at + 1)
        text = edit.done()
    return text


def looks_like_json(text):
    start = 1 if text.startswith("\ufeff") else 0
    return text[start:].lstrip(" \n\r\t")[:1] in ("{", "[", '"')


def redact_text(text, content_type=""):
    """A body as text. The content type is empty if unknown."""
    kind = content_type.lower()
    place = "form" if "x-www-form-urlencoded" in kind else "text"
    # Clients say that it is a form of whatever they are given as text.
    is_form = place == "form" and not looks_like_json(text)
    has_names = _may_hold_names(text)
    if has_names and not is_form:
        # What follows is for few bodies, and takes its time to load.
        from .redaction_text import redact_names

        text = redact_names(text, kind)
    if "://" in text and not is_form:
        text = _redact_users(text, HOST_ENDS_IN_TEXT)
    if has_names:
        text = _redact_pairs(text, place)
    for start, prefix in _starts:
        if start in text and prefix in text:
            return _redact_shapes(text)
    return text


def redact_beginning(text, content_type=""):
    """The beginning of a text that goes on somewhere else; what may be the beginning of a credential is left out. To cut the
    text to a limit is not enough: what is redacted before makes it shorter."""
    safe = redact_text(text, content_type)
    for prefix, _, maximum, allowed in _shapes:
        first = max(0, len(safe) - maximum)
        at = safe.rfind(prefix, first)
        # From here to the end stands nothing that a credential could not hold.
        run = first + len(safe[first:].rstrip(allowed)) if at >= 0 else 0
        while at >= 0 and at + len(prefix) >= run:
            if at == 0 or safe[at - 1] not in WORD:
                return safe[:at] + MARKER
            at = safe.rfind(prefix, first, at + len(prefix) - 1)
    return safe


def redact_url(url):
    return _redact_shapes(_redact_pairs(_redact_users(url, HOST_ENDS), "url"))


def redact_header(name, value):
    """What it holds may be a URL, of a redirection, of where a call came from, or JSON."""
    if is_secret_header(name):
        return MARKER
    # Some clients take a user for a part of the host.
    at = value.rfind("@") if len(name) == 4 and name.lower() == "host" else -1
    if at > 0:
        return MARKER + value[at:]
    if looks_like_json(value) and _may_hold_names(value):
        from .redaction_text import redact_names

        value = redact_names(value, "json")
    return _redact_shapes(_redact_pairs(_redact_users(value, HOST_ENDS_IN_TEXT), "url"))
