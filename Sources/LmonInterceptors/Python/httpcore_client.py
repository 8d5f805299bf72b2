"""httpcore, on which httpx stands: one call for each request that a pool handles, over HTTP/1.1 and HTTP/2, synchronous
or not. Its own trace says how far a request has come; bodies are looked at as they are iterated."""

from .calls import begin, guarded, is_short, number_connection, ready, shared
from .hooks import replace

#: When there is time.
WAITING = (".receive_response_headers", ".connect_tcp", ".connect_unix_socket")

_numbers = {}


def patch(httpcore):
    ready()
    replace(httpcore.ConnectionPool, "handle_request", _handle_request)
    replace(httpcore.AsyncConnectionPool, "handle_async_request", _handle_async_request)


def _handle_request(original):
    def handle_request(self, request):
        call = _opened(request, _Trace) if shared.active else None
        if call is None:
            return original(self, request)
        try:
            response = original(self, request)
        except BaseException as error:
            _failed(call, error)
            raise
        _responded(call, response, _Body)
        return response

    return handle_request


def _handle_async_request(original):
    async def handle_async_request(self, request):
        call = _opened(request, _AsyncTrace) if shared.active else None
        if call is None:
            return await original(self, request)
        try:
            response = await original(self, request)
        except BaseException as error:
            _failed(call, error)
            raise
        _responded(call, response, _AsyncBody)
        return response

    return handle_async_request


def _pairs(headers):
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]


@guarded
def _opened(request, trace):
    url = request.url
    scheme = url.scheme.decode("ascii")
    host = url.host.decode("ascii")
    if ":" in host:
        host = "[" + host.strip("[]") + "]"
    if url.port is not None and url.port != {"http": 80, "https": 443}.get(scheme):
        host = "%s:%d" % (host, url.port)
    method = request.method.decode("latin-1")
    call = begin("python:httpx", method, host)
    if call is None:
        return None
    call.state = request.extensions.get("trace")
    body = _known_body(request.stream)
    if body is None:
        request.stream = _Upload(request.stream, call)
    elif body:
        call.request.add(body)
    absolute = "%s://%s%s" % (scheme, host, url.target.decode("latin-1"))
    call.opened(absolute, _pairs(request.headers), body is not None)
    request.extensions = dict(request.extensions, trace=trace(call, call.state, scheme == "https"))
    return call


def _known_body(stream):
    """httpx and httpcore each have a class for bodies that are there."""
    if type(stream).__name__ == "ByteStream":
        for name in ("_stream", "_content"):
            body = getattr(stream, name, None)
            if isinstance(body, bytes):
                return body
    return None


@guarded
def _failed(call, error):
    call.failed(error)


@guarded
def _responded(call, response, body):
    stream = response.extensions.get("network_stream")
    if stream is not None:
        remote = stream.get_extra_info("server_addr")
        sock = stream.get_extra_info("socket")
        number, is_reused = _connection(stream, sock)
        call.connected(number, is_reused and "connect" not in call.timings, remote)
    version = response.extensions.get("http_version", b"HTTP/1.1").decode("ascii").partition("/")[2]
    headers = _pairs(response.headers)
    call.responded(response.status, version, headers, is_short(call.method, response.status, headers))
    response.stream = body(response.stream, call)


def _connection(stream, sock):
    """A number for each connection, told by its local address and socket, which last as long as it does."""
    try:
        key = (sock.fileno(), sock.getsockname()[1])
    except Exception:
        key = id(stream)
    number = _numbers.get(key)
    if number is not None:
        return number, True
    if len(_numbers) > 1000:
        _numbers.clear()
    number = _numbers[key] = number_connection()
    return number, False


class _Trace:
    """What httpcore tells of a request, also to the program's own trace."""

    def __init__(self, call, own, is_secure):
        self.call = call
        self.own = own
        self.is_secure = is_secure

    def __call__(self, name, info):
        self.look(name)
        if self.own is not None:
            self.own(name, info)

    @guarded
    def look(self, name):
        call = self.call
        part, _, end = name.rpartition(".")
        if end == "complete":
            if part.startswith("connection.connect_"):
                call.is_connected = True
                call.is_secured = not self.is_secure
                call.mark("connect")
            elif part.endswith(".start_tls"):
                call.is_secured = True
                call.mark("tls")
            elif part.endswith(".send_request_body"):
                call.is_sent = True
        elif end == "started":
            if part.endswith(".send_request_headers"):
                call.is_connected = call.is_secured = True
            elif part.endswith(".start_tls"):
                # Through a proxy, a request for the tunnel has gone before.
                call.is_secured = call.is_sent = False
            elif part.endswith(WAITING):
                call.waits()


class _AsyncTrace(_Trace):
    async def __call__(self, name, info):
        self.look(name)
        if self.own is not None:
            await self.own(name, info)


class _Upload:
    """A request's body that the program makes while it is sent."""

    def __init__(self, stream, call):
        self._lmon_stream = stream
        self._lmon_call = call

    def __getattr__(self, name):
        return getattr(self._lmon_stream, name)

    def __iter__(self):
        return _Iterator(iter(self._lmon_stream), self._look, _nothing)

    def __aiter__(self):
        return _AsyncIterator(self._lmon_stream.__aiter__(), self._look, _nothing)

    @guarded
    def _look(self, chunk):
        self._lmon_call.request.add(chunk)


def _nothing(error=None):
    pass


class _Iterator:
    def __init__(self, source, look, ended):
        self.source, self.look, self.ended = source, look, ended

    def __iter__(self):
        return self

    def __next__(self):
        try:
            chunk = next(self.source)
        except StopIteration:
            self.ended()
            raise
        except BaseException as error:
            self.ended(error)
            raise
        self.look(chunk)
        return chunk


class _AsyncIterator:
    def __init__(self, source, look, ended):
        self.source, self.look, self.ended = source, look, ended

    def __aiter__(self):
        return self

    async def __anext__(self):
        try:
            chunk = await self.source.__anext__()
        except StopAsyncIteration:
            self.ended()
            raise
        except BaseException as error:
            self.ended(error)
            raise
        self.look(chunk)
        return chunk


class _Body:
    """A response's body on its way to the program."""

    def __init__(self, stream, call):
        self._lmon_stream = stream
        self._lmon_call = call

    def __getattr__(self, name):
        return getattr(self._lmon_stream, name)

    def __iter__(self):
        return _Iterator(iter(self._lmon_stream), self._look, self._ended)

    def close(self):
        self._closed()
        self._lmon_stream.close()

    @guarded
    def _look(self, chunk):
        self._lmon_call.response.add(chunk)

    @guarded
    def _ended(self, error=None):
        if error is None:
            self._lmon_call.ended("complete")
        else:
            self._lmon_call.failed(error)

    @guarded
    def _closed(self):
        call = self._lmon_call
        length = next((value for name, value in call.response_headers if name.lower() == "content-length"), "")
        if call.method == "HEAD" or length == "0" or (length.isdigit() and int(length) == call.response.size):
            call.ended("complete")
        else:
            call.ended("aborted" if call.response.passed else "unread")


class _AsyncBody(_Body):
    def __aiter__(self):
        return _AsyncIterator(self._lmon_stream.__aiter__(), self._look, self._ended)

    async def aclose(self):
        self._closed()
        await self._lmon_stream.aclose()
