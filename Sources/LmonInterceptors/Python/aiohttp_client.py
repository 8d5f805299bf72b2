"""aiohttp's client: one call for each request that is sent, redirects included. A connection's protocol, of which
requests, writers and readers know, holds the call that it serves."""

from sys import modules

from .calls import begin, guarded, is_short, number_connection, ready, shared
from .hooks import replace

#: Of a request before it has a connection, and of a connection's protocol: the call.
CALL = "_lmon_call"
#: Of a protocol: its number, and whether it has had a response.
PEER = "_lmon_peer"


class _State:
    __slots__ = ("request", "is_known", "is_at_end", "is_starting", "error", "content")

    def __init__(self, request):
        self.request = request
        self.is_known = self.is_at_end = self.is_starting = False
        self.error = self.content = None


def patch(aiohttp):
    ready()
    connector, reading = modules["aiohttp.connector"], modules["aiohttp.streams"].StreamReader
    replace(connector.BaseConnector, "connect", _connect)
    replace(connector.TCPConnector, "_create_connection", _create_connection)
    replace(connector.Connection, "close", _left)
    replace(connector.Connection, "release", _left)
    replace(modules["aiohttp.client_reqrep"].ClientRequest, "send", _send)
    replace(modules["aiohttp.client_reqrep"].ClientResponse, "start", _start)
    replace(modules["aiohttp.client_reqrep"].ClientResponse, "close", _left)
    replace(modules["aiohttp.client_reqrep"].ClientResponse, "release", _left)
    writer = modules["aiohttp.http_writer"].StreamWriter
    replace(writer, "write_headers", _write_headers)
    replace(writer, "write", _write)
    replace(writer, "write_eof", _write)
    replace(reading, "feed_data", _feed_data)
    replace(reading, "feed_eof", _feed_eof)
    replace(reading, "set_exception", _set_exception)
    replace(reading, "_wait", _wait)
    replace(modules["aiohttp.http_parser"].DeflateBuffer, "feed_data", _feed_compressed)


# Connections.


def _connect(original):
    async def connect(self, req, *args, **kwargs):
        if not shared.active:
            return await original(self, req, *args, **kwargs)
        call = _begin(req)
        try:
            connection = await original(self, req, *args, **kwargs)
        except BaseException as error:
            if call is not None:
                _failed(call, error)
            raise
        if call is not None:
            _got(call, connection)
        return connection

    return connect


@guarded
def _begin(request):
    url = str(request.url)
    host = url[url.find("://") + 3:].split("/", 1)[0].split("?", 1)[0].rpartition("@")[2]
    call = begin("python:aiohttp", request.method, host)
    if call is not None:
        call.state = _State(request)
        setattr(request, CALL, call)
    return call


@guarded
def _got(call, connection):
    call.is_connected = call.is_secured = True
    peer = getattr(connection.protocol, PEER, None)
    if peer is None:
        peer = [number_connection(), False]
        setattr(connection.protocol, PEER, peer)
    transport = connection.transport
    call.connected(peer[0], peer[1], None if transport is None else transport.get_extra_info("peername"))
    peer[1] = True


def _create_connection(original):
    async def _create_connection(self, req, *args, **kwargs):
        protocol = await original(self, req, *args, **kwargs)
        call = getattr(req, CALL, None)
        if call is not None:
            call.mark("tls" if req.is_ssl() else "connect")
        return protocol

    return _create_connection


def _left(original):
    def leave(self):
        call = getattr(self._protocol, CALL, None)
        if call is not None and not call.state.is_starting:
            _abandoned(self._protocol, call)
        return original(self)

    return leave


@guarded
def _abandoned(protocol, call):
    _forget(protocol)
    if call.is_open:
        if call.state.error is not None:
            call.failed(call.state.error)
        else:
            call.ended("unread" if call.status and _is_unread(call.state.content) else "aborted")


def _is_unread(content):
    """All that came is still there; how much that is depends on how fast it comes."""
    return content is None or content.total_bytes == content._size


def _forget(protocol):
    if protocol is not None:
        protocol.__dict__.pop(CALL, None)


# Requests.


def _send(original):
    async def send(self, conn):
        call = getattr(self, CALL, None)
        if call is None:
            return await original(self, conn)
        setattr(conn.protocol, CALL, call)
        try:
            return await original(self, conn)
        except BaseException as error:
            _failed(call, error, conn.protocol)
            raise

    return send


@guarded
def _failed(call, error, protocol=None):
    _forget(protocol)
    request = call.state.request
    if not call.is_open:
        call.opened(_url(request), list(request.headers.items()), False)
    # The total time is kept by a timer that cancels.
    if getattr(getattr(request, "_timer", None), "_cancelled", False):
        call.ended("error", TimeoutError("the request timed out"), "timeout")
    else:
        call.failed(error)


def _url(request):
    return str(request.url).split("#", 1)[0]


def _write_headers(original):
    async def write_headers(self, status_line, headers, *args, **kwargs):
        call = getattr(self.protocol, CALL, None)
        if call is not None and not call.is_open:
            _headed(call, headers)
        return await original(self, status_line, headers, *args, **kwargs)

    return write_headers


@guarded
def _headed(call, headers):
    request = call.state.request
    if getattr(request, "compress", None):
        call.request.is_decoded = True
    body = getattr(request, "body", None)
    known = body if isinstance(body, bytes) or body is None else getattr(body, "_value", None)
    if isinstance(known, (bytes, bytearray)):
        call.state.is_known = True
        call.request.add(known)
    call.opened(_url(request), [(str(name), str(value)) for name, value in headers.items()],
                call.state.is_known or body is None)


def _write(original):
    async def write(self, chunk=b"", *args, **kwargs):
        call = getattr(self.protocol, CALL, None)
        if call is not None and chunk:
            _sent(call, chunk)
        return await original(self, chunk, *args, **kwargs)

    return write


@guarded
def _sent(call, chunk):
    if not call.state.is_known:
        call.request.add(chunk)


# Responses.


def _start(original):
    async def start(self, connection):
        protocol = connection.protocol
        call = getattr(protocol, CALL, None)
        if call is None:
            return await original(self, connection)
        call.state.is_starting = True
        _waiting(call)
        try:
            response = await original(self, connection)
        except BaseException as error:
            call.is_sent = True
            _failed(call, error, protocol)
            raise
        finally:
            call.state.is_starting = False
        _responded(call, self, protocol)
        return response

    return start


@guarded
def _waiting(call):
    call.waits()


@guarded
def _responded(call, response, protocol):
    call.state.content = response.content
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.raw_headers]
    version = response.version
    call.responded(response.status, "%d.%d" % (version.major, version.minor), headers,
                   is_short(call.method, response.status, headers))
    if call.state.error is not None:
        _failed(call, call.state.error, protocol)
    elif call.state.is_at_end or response.content.is_eof() or response.status == 101:
        _forget(protocol)
        call.ended("complete")


def _feed_data(original):
    def feed_data(self, data, *args, **kwargs):
        call = getattr(self._protocol, CALL, None)
        if call is not None:
            _received(call, data)
        return original(self, data, *args, **kwargs)

    return feed_data


@guarded
def _received(call, data):
    call.response.add(data)


def _feed_compressed(original):
    def feed_data(self, chunk, *args, **kwargs):
        call = getattr(getattr(self.out, "_protocol", None), CALL, None)
        if call is not None:
            call.response.is_decoded = True
            call.response.size += len(chunk)
        return original(self, chunk, *args, **kwargs)

    return feed_data


def _feed_eof(original):
    def feed_eof(self):
        call = getattr(self._protocol, CALL, None)
        if call is not None:
            _at_end(self._protocol, call)
        return original(self)

    return feed_eof


@guarded
def _at_end(protocol, call):
    call.state.is_at_end = True
    # What came at once with its headers is told after them.
    if call.status:
        _forget(protocol)
        call.ended("complete")


def _set_exception(original):
    def set_exception(self, exc, *args, **kwargs):
        call = getattr(self._protocol, CALL, None)
        if call is not None:
            _damaged(self._protocol, call, exc)
        return original(self, exc, *args, **kwargs)

    return set_exception


@guarded
def _damaged(protocol, call, error):
    call.state.error = error
    if call.status:
        _failed(call, error, protocol)


def _wait(original):
    async def _wait(self, *args, **kwargs):
        call = getattr(self._protocol, CALL, None)
        if call is None:
            return await original(self, *args, **kwargs)
        try:
            return await original(self, *args, **kwargs)
        except BaseException as error:
            _failed(call, error, self._protocol)
            raise

    return _wait
