"""Bodies as they pass: the first bytes are copied, the rest only counted. At the end the copy is inflated, redacted, and
only then cut to the limit."""

import zlib

from .lines import quoted, rendered

#: How gzip, zstd and zlib begin: where nobody says so it is not inflated, and what is in it is not seen.
PACKED_MARKS = (b"\x1f\x8b", b"(\xb5/\xfd", b"x\x01", b"x\x5e", b"x\x9c", b"x\xda")
SLACK = 4096
SLICE = 512


class Capture:
    """`size` is what went over the wire, as far as it is known."""

    #: How many bytes are kept.
    room = 0
    size = kept = passed = 0
    chunks = ()
    #: The program's client decodes before we see it; then `passed` counts what we saw.
    is_decoded = False

    def add(self, chunk):
        """Any bytes-like object; text as http.client sends it."""
        if type(chunk) is bytes and not self.passed and not self.is_decoded and len(chunk) <= self.room:
            # All of most bodies.
            self.chunks = [chunk]
            self.size = self.kept = self.passed = len(chunk)
            return
        if isinstance(chunk, str):
            chunk = chunk.encode("latin-1", "replace")
        length = len(chunk) if isinstance(chunk, (bytes, bytearray)) else memoryview(chunk).nbytes
        room = self.room - self.kept
        if room > 0 and length > 0:
            part = bytes(chunk) if length <= room else bytes(memoryview(chunk).cast("B")[:room])
            if not self.kept:
                self.chunks = []
            self.chunks.append(part)
            self.kept += len(part)
        self.passed += length
        if not self.is_decoded:
            self.size += length

    def total(self):
        return self.size or self.passed

    def bytes(self):
        return self.chunks[0] if len(self.chunks) == 1 else b"".join(self.chunks)

    def start(self):
        """The beginning as text, unless it is long."""
        return "" if self.size == 0 or self.size > SLACK else self.bytes().decode("latin-1")

    def digest(self):
        """To pair the calls of two runs, not to protect anything. This checksum touches no table: it is made for one call
        in a while, when nothing of ours is in the caches."""
        return "%08x-%d" % (zlib.adler32(self.bytes()[:SLACK]), self.size)


def find(headers, name):
    for key, value in headers or ():
        if len(key) == len(name) and key.lower() == name:
            return value
    return ""


def redact_text(text, content_type):
    """Replaces itself: a process that makes no call need not read the rules."""
    global redact_text
    from .redaction import redact_text

    return redact_text(text, content_type)


def redact_beginning(text, content_type):
    from .redaction import redact_beginning

    return redact_beginning(text, content_type)


def redact_encoding(name):
    from .redaction import redact_header

    return redact_header("content-encoding", name)


def described(capture, headers, limit, is_secret):
    """What `describe` says, as JSON; fast for what most bodies are."""
    size = capture.passed
    if limit == 0 and not is_secret:
        for name, value in headers or ():
            if len(name) == 16 and value and name.lower() == "content-encoding":
                return rendered(describe(capture, headers, limit, is_secret))
        return '{"size":%d}' % (capture.size or size)
    if limit < size or is_secret or capture.is_decoded or len(capture.chunks) != 1:
        return rendered(describe(capture, headers, limit, is_secret))
    content_type = ""
    for name, value in headers or ():
        length = len(name)
        if length == 12 and not content_type and name.lower() == "content-type":
            content_type = value
        elif length == 16 and name.lower() == "content-encoding":
            return rendered(describe(capture, headers, limit, is_secret))
    try:
        text = capture.chunks[0].decode()
    except UnicodeDecodeError:
        text = "\0"
    # A character may come to be longer: the limit counts bytes.
    if "\0" in text or "\u2039" in text:
        return rendered(describe(capture, headers, limit, is_secret))
    safe = redact_text(text, content_type)
    if safe is not text and safe != text:
        return rendered(describe(capture, headers, limit, is_secret))
    return '{"size":%d,"decodedSize":%d,"redacted":false,"text":%s,"truncated":false}' % (size, size, quoted(text))


def describe(capture, headers, limit, is_secret):
    """The `bodies` member of a record: sizes always, content if it is wanted and can be shown."""
    body = {"size": capture.total()}
    named = find(headers, "content-encoding").strip()
    encoding = named.lower()
    is_encoded = encoding not in ("", "identity")
    if is_encoded:
        body["encoding"] = redact_encoding(named).lower()
    if is_secret:
        body["redacted"] = True
    if is_secret or limit == 0:
        return body
    data = capture.bytes()
    whole = len(data) == capture.passed
    if is_encoded and not capture.is_decoded:
        inflated = _inflate(data, encoding, limit + SLACK)
        if inflated is None:
            return body
        data, all_of_it = inflated
        whole = whole and all_of_it
    if whole:
        body["decodedSize"] = len(data)
    elif capture.is_decoded:
        body["decodedSize"] = capture.passed
    _show(body, data, whole, find(headers, "content-type"), limit)
    return body


def _show(body, data, whole, content_type, limit):
    text = _textual(data, whole)
    redact = redact_text if whole else redact_beginning
    if text is None:
        from base64 import b64encode

        is_packed = data.startswith(PACKED_MARKS)
        if is_packed or any(redact(reading, content_type) != reading for reading in _readings(data)):
            body["redacted"] = True
            return
        body["base64"] = b64encode(data[:limit]).decode()
        body["truncated"] = not whole or len(data) > limit
        return
    safe = redact(text, content_type)
    body["redacted"] = safe is not text and safe != text or "‹redacted›" in safe
    is_cut = False
    if len(safe) * 4 > limit:
        encoded = safe.encode("utf-8", "surrogatepass")
        if len(encoded) > limit:
            safe = encoded[:limit].decode("utf-8", "ignore")
            is_cut = True
    body["text"] = safe
    body["truncated"] = not whole or is_cut


def _readings(data):
    """What bytes that are no UTF-8 may say: with a NUL in them, also as UTF-16, which says the same names."""
    yield data.decode("latin-1")
    if b"\0" in data:
        yield data.decode("utf-16-le", "replace")
        yield data.decode("utf-16-be", "replace")


def _textual(data, whole):
    """UTF-8 as text; None for anything else. A character that the end of the capture cut in two is left out."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if whole or error.end != len(data) or error.reason != "unexpected end of data":
            return None
        text = data[:error.start].decode("utf-8")
    return None if "\0" in text else text


def _decoder(data, encoding):
    if encoding in ("gzip", "x-gzip"):
        return zlib.decompressobj(31)
    if encoding == "deflate":
        return zlib.decompressobj(15 if data[:1] and data[0] & 0x0F == 8 else -15)
    if encoding == "br":
        try:
            import brotli
        except ImportError:
            return None
        return _Brotli(brotli.Decompressor())
    return None


class _Brotli:
    """The one of the two packages of that name that is there, as zlib's decoders are."""

    eof = False
    unconsumed_tail = unused_data = b""

    def __init__(self, decoder):
        self._decode = getattr(decoder, "process", None) or decoder.decompress

    def decompress(self, data, _):
        return self._decode(data)


def _inflate(data, encoding, room):
    """Slice by slice, so that no body, however made, costs more than the limit and one slice: `(bytes, whole)`."""
    decoder = _decoder(data, encoding)
    if decoder is None:
        return None
    parts, size, at, is_damaged = [], 0, 0, False
    while at < len(data) and size <= room:
        piece = data[at:at + SLICE]
        at += len(piece)
        try:
            while piece and size <= room:
                part = decoder.decompress(piece, room + 1 - size)
                parts.append(part)
                size += len(part)
                piece = decoder.unconsumed_tail
                if decoder.eof:
                    piece, decoder = decoder.unused_data, _decoder(b"", encoding)
        except Exception:
            if size == 0:
                return None
            is_damaged = True
            break
    whole = at >= len(data) and size <= room and not is_damaged
    return b"".join(parts)[:room], whole
