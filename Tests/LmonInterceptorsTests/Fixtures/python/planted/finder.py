"""Finds parts of secrets in bytes and records, whatever they were made into."""

import base64
import re
import zlib

PIECE = 8


def _parts(text):
    """Parts of the forms in which a secret may stand in a text; others are undone in `_haystacks`."""
    for at in range(len(text) - PIECE + 1):
        yield text[at:at + PIECE]
    for shift in range(3):
        # The first and the last digits depend on what stands beside. Eight characters are ten digits at least.
        digits = base64.b64encode(b"\0" * shift + text.encode()).decode().rstrip("=")[shift + 1 if shift else 0:-1]
        for at in range(0, len(digits) - PIECE + 1, 3):
            yield digits[at:at + PIECE]


class Finder:
    def __init__(self, secrets):
        #: Part → where its secret stands.
        self.parts = {part: where for text, where in secrets for part in _parts(text)}

    def found(self, data, records):
        """Where the secrets stood of which there is a part."""
        found = {}
        for text in _haystacks(data, records):
            for at in range(len(text) - PIECE + 1):
                where = self.parts.get(text[at:at + PIECE])
                if where is not None:
                    found.setdefault(where, text[max(0, at - 40):at + 40])
        return ["a secret of %s: %r" % one for one in found.items()]


def _haystacks(data, records):
    yield data.decode("latin-1")
    for text in set(_strings(records)):
        if re.search(r"[%\\]|[^\x00-\x7f]", text):
            yield re.sub(r"(?:%|\\u00)([0-9a-fA-F]{2})", lambda found: chr(int(found.group(1), 16)), text)
        for digits in re.findall("[0-9a-fA-F]{16,}", text):
            yield bytes.fromhex(digits[:len(digits) & ~1]).decode("latin-1")
        if len(text) < 12 or not re.fullmatch("[A-Za-z0-9+/=]+", text):
            continue
        try:
            inner = base64.b64decode(text + "=" * (-len(text) % 4))
        except ValueError:
            continue
        # Also as UTF-16.
        yield inner.decode("latin-1").replace("\0", "")
        for kind in (31, 15, -15):
            try:
                yield zlib.decompressobj(kind).decompress(inner).decode("latin-1")
            except zlib.error:
                pass


def _strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)
