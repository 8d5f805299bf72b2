"""Bodies as text: JSON, XML, forms with parts, lines of JSON among other text. Loaded with the first body that may hold a
secret name: what is compiled here only walks through text as fast as Python can. Text is scanned, not parsed, so that a
body cut anywhere is treated like a whole one."""

import json
import re

from .redaction import KEY_CHARACTERS, MARKER, Edit, looks_like_json, secrecy

ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}

_space = re.compile("[ \n\r\t]*")
_string = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*', re.S)
_structure = re.compile(r'["{}\[\],]')
_structure_or_number = re.compile(r'["{}\[\],\-0-9]')
_number = re.compile(r"[-0-9][0-9+\-.eE]*")
_tag = re.compile("<([" + re.escape(KEY_CHARACTERS) + ":]+)")
_escape = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.)|$)", re.S)


def redact_names(text, kind):
    """`kind` is the content type in lower case, empty if unknown."""
    if "json" in kind or looks_like_json(text):
        return _redact_json(text, 0)
    return _redact_lines(_redact_parts(_redact_xml(text)))


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
    edit = Edit(text)
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
                pending = secrecy(_unescaped(text[at + 1:end]))
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
    if not looks_like_json(inner):
        return
    safe = _redact_json(inner, depth + 1)
    if safe != inner:
        edit.replace(start, end, json.dumps(safe, ensure_ascii=False)[1:-1])


def _redact_xml(text):
    """`<Name>value</Name>`, perhaps cut before its end."""
    if "<" not in text:
        return text
    edit = Edit(text)
    for tag in _tag.finditer(text):
        if not secrecy(tag.group(1)):
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
    edit = Edit(text)
    while at >= 0:
        end = text.find('"', at + 6)
        if end < 0:
            break
        if secrecy(text[at + 6:end]):
            blank = text.find("\r\n\r\n", end)
            if blank < 0:
                break
            close = text.find("\r\n--", blank + 4)
            edit.replace(blank + 4, len(text) if close < 0 else close)
        at = text.find('name="', at + 6)
    return edit.done()


def _redact_lines(text):
    """JSON among other text, in lines of its own (NDJSON, server-sent events, logs) or in several."""
    if '"' not in text:
        return text
    edit = Edit(text)
    start = 0
    while start < len(text):
        newline = text.find("\n", start)
        end = len(text) if newline < 0 else newline
        brace = text.find("{", start, end)
        if brace >= 0:
            edit.replace(brace, end, _redact_json(text[brace:end], 0))
        start = end + 1
    safe = edit.done()
    first = safe.find("{")
    if first < 0 or "\n" not in safe[first:]:
        return safe
    return safe[:first] + _redact_json(safe[first:], 0)
