"""What http.client sends, taken apart again: the URL, the headers, a body in chunks."""

from .lines import Headers

#: By host, port and kind of a connection: what its URLs begin with, and their host.
_origins = {}
#: By their lines: headers as the last calls had them.
_heads = {}


class State:
    """How far a call has come on its connection."""

    #: Bytes of the head that are still to be sent.
    skip = 0
    declared = chunks = error = None
    #: `is_known`: the body was handed over as it is. `is_whole`: all of it is.
    is_known = is_whole = is_waiting = is_reading = False
    connecting = 0
    #: What urllib3, which reads chunks itself, has still to read of one.
    left = None

    def __init__(self, url, headers, is_early):
        self.url = url
        self.headers = headers
        #: Begun by urllib3 when it connects, before it makes its request.
        self.is_early = is_early


class Chunks:
    """Takes a chunked body as it is sent apart again."""

    __slots__ = ("left", "size_line")

    def __init__(self):
        self.left = 0
        self.size_line = b""

    def parts(self, data):
        data = bytes(data)
        at = 0
        while at < len(data):
            if self.left > 2:
                part = data[at:at + self.left - 2]
                yield part
                self.left -= len(part)
                at += len(part)
            elif self.left > 0:
                step = min(self.left, len(data) - at)
                self.left -= step
                at += step
            else:
                end = data.find(b"\n", at)
                if end < 0:
                    self.size_line += data[at:]
                    return
                line = (self.size_line + data[at:end]).split(b";")[0].strip()
                self.size_line = b""
                at = end + 1
                size = int(line, 16) if line else 0
                self.left = size + 2 if size else 0


def absolute(connection, url):
    """The URL, and its host."""
    if "://" in url and not url.startswith("/"):
        return url, url[url.find("://") + 3:].split("/", 1)[0]
    host, port = getattr(connection, "_tunnel_host", None), getattr(connection, "_tunnel_port", None)
    if not host:
        host, port = connection.host, connection.port
    key = host, port, connection.default_port
    known = _origins.get(key)
    if known is None:
        if len(_origins) > 1000:
            _origins.clear()
        known = _origins[key] = _origin(*key)
    return known[0] + url, known[1]


def _origin(host, port, default_port):
    is_secure = default_port == 443
    if ":" in host and not host.startswith("["):
        host = "[" + host + "]"
    if port is not None and port != (443 if is_secure else 80):
        host = "%s:%s" % (host, port)
    return ("https://" if is_secure else "http://") + host, host


def head(lines):
    """The headers as they are sent, and the length that they declare: -1 for chunks, None if there is none."""
    key = b"\n".join(lines)
    return _heads.get(key) or _parsed(lines, key)


def _parsed(lines, key):
    headers, length = Headers(), None
    for line in lines:
        name, _, value = line.decode("latin-1").partition(":")
        value = value.strip()
        headers.append((name, value))
        lower = name.lower()
        if lower == "content-length" and value.isdigit() and length is None:
            length = int(value)
        elif lower == "transfer-encoding" and "chunked" in value.lower():
            length = -1
    known = headers, length
    # Signatures do not come again, and secrets are not to be kept.
    if len(key) <= 1000 and b"uthorization" not in key:
        if len(_heads) > 200:
            _heads.clear()
        _heads[key] = known
    return known
