"""http.client, and what stands on it: urllib, urllib3, requests, botocore. Methods of its classes are replaced, so that
subclasses are watched alike; sockets and buffers are left alone."""

from _thread import _local

from .bodies import SLACK, find
from .calls import begin, guarded, now, number_connection, shared
from .hooks import replace
from .http_response import CALL, patch_response, update_chunk_length

#: Of a connection: its number, its peer, and whether it has had a response.
PEER = "_lmon_peer"

_local_state = _local()


class _State:
    """How far a call has come on its connection."""

    __slots__ = ("url", "headers", "skip", "declared", "is_known", "chunks", "connecting", "is_waiting", "is_early",
                 "error", "is_reading", "left")

    def __init__(self, url, headers, is_early):
        self.url = url
        self.headers = headers
        #: Bytes of the head that are still to be sent.
        self.skip = 0
        self.declared = None
        self.is_known = False
        self.chunks = None
        self.connecting = 0
        self.is_waiting = self.is_reading = False
        #: Begun by urllib3 when it connects, before it makes its request.
        self.is_early = is_early
        self.error = None
        #: What urllib3, which reads chunks itself, has still to read of one.
        self.left = None


class _Chunks:
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


def patch(client):
    connection, response = client.HTTPConnection, client.HTTPResponse
    replace(connection, "putrequest", _putrequest)
    replace(connection, "endheaders", _endheaders)
    replace(connection, "send", _send)
    replace(connection, "getresponse", _getresponse)
    replace(connection, "close", _close_connection)
    replace(connection, "connect", _connect("connect"))
    if hasattr(client, "HTTPSConnection"):
        replace(client.HTTPSConnection, "connect", _connect("tls"))
    patch_response(response)


def patch_urllib3(urllib3):
    from sys import modules

    connection = modules["urllib3.connection"]
    replace(connection.HTTPConnection, "connect", _connect("connect"))
    replace(connection.HTTPConnection, "_new_conn", _new_conn)
    if "connect" in connection.HTTPSConnection.__dict__:
        replace(connection.HTTPSConnection, "connect", _connect("tls"))
    replace(modules["urllib3.connectionpool"].HTTPConnectionPool, "urlopen", _urlopen)
    replace(modules["urllib3.response"].HTTPResponse, "_update_chunk_length", update_chunk_length)


# Requests.


def _putrequest(original):
    def putrequest(self, method, url, *args, **kwargs):
        if not shared.active:
            return original(self, method, url, *args, **kwargs)
        start = now()
        result = original(self, method, url, *args, **kwargs)
        _requested(self, method, url, start)
        return result

    return putrequest


@guarded
def _requested(connection, method, url, start):
    known = connection.__dict__.get(CALL)
    if known is not None and known.state.is_early and not known.is_open:
        known.state.is_early = False
        known.state.url = _absolute(connection, url)
        return
    _begin(connection, method, url, start, None, False)


def _begin(connection, method, url, start, headers, is_early):
    absolute = _absolute(connection, url)
    host = absolute[absolute.find("://") + 3:].split("/", 1)[0]
    call = begin("python:http.client", method, host, start)
    connection.__dict__[CALL] = call
    if call is not None:
        call.state = _State(absolute, headers, is_early)
        if getattr(connection, "sock", None) is not None:
            call.is_connected = call.is_secured = True
    return call


def _absolute(connection, url):
    if "://" in url and not url.startswith("/"):
        return url
    host, port = getattr(connection, "_tunnel_host", None), getattr(connection, "_tunnel_port", None)
    if not host:
        host, port = connection.host, connection.port
    is_secure = connection.default_port == 443
    if ":" in host and not host.startswith("["):
        host = "[" + host + "]"
    if port is not None and port != (443 if is_secure else 80):
        host = "%s:%s" % (host, port)
    return "%s://%s%s" % ("https" if is_secure else "http", host, url)


def _endheaders(original):
    def endheaders(self, message_body=None, **kwargs):
        call = self.__dict__.get(CALL)
        if call is None:
            return original(self, message_body, **kwargs)
        _headed(self, call, message_body)
        try:
            return original(self, message_body, **kwargs)
        except BaseException as error:
            _broken(self, call, error)
            raise

    return endheaders


@guarded
def _headed(connection, call, body):
    """The headers as they go over the wire."""
    state = call.state
    lines = connection._buffer
    state.skip = sum(map(len, lines)) + 2 * len(lines) + 2
    headers = state.headers = []
    for line in lines[1:]:
        name, _, value = line.decode("latin-1").partition(":")
        headers.append((name, value.strip()))
    if "chunked" in find(headers, "transfer-encoding").lower():
        state.chunks = _Chunks()
    else:
        length = find(headers, "content-length")
        state.declared = int(length) if length.isdigit() else None
    if isinstance(body, (bytes, str)):
        call.request.add(body)
        state.is_known = True
    if state.is_known or (state.chunks is None and not state.declared):
        call.opened(state.url, headers, True)
    elif state.declared is None or state.declared > SLACK:
        call.opened(state.url, headers, False)


def _send(original):
    def send(self, data):
        call = self.__dict__.get(CALL)
        if call is None or call.state.connecting:
            return original(self, data)
        try:
            result = original(self, data)
        except BaseException as error:
            _broken(self, call, error)
            raise
        _sent(call, data)
        return result

    return send


@guarded
def _sent(call, data):
    state = call.state
    call.is_connected = call.is_secured = True
    if hasattr(data, "read") or not hasattr(data, "__len__"):
        return
    if state.skip:
        if len(data) <= state.skip:
            state.skip -= len(data)
            return
        data = memoryview(data)[state.skip:]
        state.skip = 0
    if state.is_known:
        return
    if state.chunks is None:
        call.request.add(data)
    else:
        for part in state.chunks.parts(data):
            call.request.add(part)
    if not call.is_open and state.declared is not None and call.request.size >= state.declared:
        call.opened(state.url, state.headers, True)


@guarded
def _broken(connection, call, error):
    if isinstance(error, (BrokenPipeError, ConnectionResetError)) and not call.state.connecting:
        # An answer may have come before: some read it now, others close.
        call.state.error = error
        return
    _failed(connection, call, error)


def _failed(connection, call, error):
    connection.__dict__.pop(CALL, None)
    if call.is_ended:
        return
    call.opened(call.state.url, call.state.headers, False)
    call.failed(error)


def _close_connection(original):
    def close(self):
        call = self.__dict__.get(CALL)
        if call is not None and not call.state.is_waiting and not call.state.connecting:
            _abandoned(self, call)
        return original(self)

    return close


@guarded
def _abandoned(connection, call):
    if call.state.error is not None:
        _failed(connection, call, call.state.error)
        return
    connection.__dict__.pop(CALL, None)
    if call.is_open or call.state.skip:
        call.opened(call.state.url, call.state.headers, False)
        call.ended("aborted")


# Connections.


def _connect(phase):
    def make(original):
        def connect(self):
            call = self.__dict__.get(CALL)
            if call is None:
                call = _early(self)
            if call is None:
                return original(self)
            state = call.state
            state.connecting += 1
            try:
                result = original(self)
            except BaseException as error:
                _broken(self, call, error)
                raise
            finally:
                state.connecting -= 1
            _connected(self, call, phase)
            return result

        return connect

    return make


@guarded
def _early(connection):
    pending = getattr(_local_state, "pending", None)
    connection.__dict__.pop(PEER, None)
    if pending is None or not shared.active:
        return None
    method, url, headers, start = pending
    pairs = [(str(name), str(value)) for name, value in (headers or {}).items()]
    return _begin(connection, method, url, start, pairs, True)


@guarded
def _connected(connection, call, phase):
    if phase not in call.timings:
        call.mark(phase)
    call.is_connected = True
    call.is_secured = phase == "tls" or connection.default_port != 443
    connection.__dict__.pop(PEER, None)


def _new_conn(original):
    def _new_conn(self):
        result = original(self)
        call = self.__dict__.get(CALL)
        if call is not None:
            call.is_connected = True
            call.mark("connect")
        return result

    return _new_conn


def _urlopen(original):
    def urlopen(self, method, url, body=None, headers=None, *args, **kwargs):
        before = getattr(_local_state, "pending", None)
        _local_state.pending = (method, url, headers, now())
        try:
            return original(self, method, url, body, headers, *args, **kwargs)
        finally:
            _local_state.pending = before

    return urlopen


# Answers.


def _getresponse(original):
    def getresponse(self):
        call = self.__dict__.get(CALL)
        if call is None:
            return original(self)
        call.state.is_waiting = True
        try:
            response = original(self)
        except BaseException as error:
            _unanswered(self, call, error)
            raise
        _responded(self, call, response)
        return response

    return getresponse


@guarded
def _unanswered(connection, call, error):
    call.is_sent = True
    _failed(connection, call, error)


@guarded
def _responded(connection, call, response):
    connection.__dict__.pop(CALL, None)
    call.opened(call.state.url, call.state.headers, False)
    peer = connection.__dict__.get(PEER)
    if peer is None:
        sock = getattr(connection, "sock", None)
        try:
            name = None if sock is None else sock.getpeername()
        except OSError:
            name = None
        peer = connection.__dict__[PEER] = [number_connection(), name, False]
    call.connected(peer[0], peer[2], peer[1])
    peer[2] = True
    headers = [(name, str(value)) for name, value in response.headers.raw_items()]
    call.responded(response.status, {9: "0.9", 10: "1.0", 11: "1.1"}.get(response.version), headers)
    if response.length == 0 and not response.chunked:
        call.ended("complete")
    else:
        response.__dict__[CALL] = call
