"""http.client, and what stands on it: urllib, urllib3, requests, botocore. Methods of its classes are replaced, so that
subclasses are watched alike; sockets and buffers are left alone."""

from _thread import _local

from .bodies import SLACK
from .calls import SOON, begin, connection_text, fault, guarded, now, number_connection, ready, shared
from .hooks import replace
from .http_request import Chunks, State, absolute, head
from .http_response import CALL, patch_response, update_chunk_length

#: Of a connection that has had a response: what is told of it.
PEER = "_lmon_peer"

_local_state = _local()
_VERSIONS = {9: "0.9", 10: "1.0", 11: "1.1"}


def patch(client):
    ready()
    connection, response = client.HTTPConnection, client.HTTPResponse
    # There before any of them has one: a subclass's own `__getattr__` must not be asked for it.
    setattr(connection, CALL, None)
    setattr(connection, PEER, None)
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
        try:
            known = getattr(self, CALL, None)
            if known is not None and known.state.is_early and not known.is_open:
                known.state.is_early = False
                known.state.url = absolute(self, url)[0]
            else:
                _begin(self, method, url, start, None, False)
        except Exception:
            fault()
        return result

    return putrequest


def _begin(connection, method, url, start, headers, is_early):
    url, host = absolute(connection, url)
    call = begin("python:http.client", method, host, start)
    setattr(connection, CALL, call)
    if call is not None:
        call.state = State(url, headers, is_early)
        if connection.sock is not None:
            call.is_connected = call.is_secured = True
    return call


def _endheaders(original):
    def endheaders(self, message_body=None, **kwargs):
        call = getattr(self, CALL, None)
        if call is None:
            return original(self, message_body, **kwargs)
        try:
            _headed(self, call, message_body)
        except Exception:
            fault()
        try:
            return original(self, message_body, **kwargs)
        except BaseException as error:
            _broken(self, call, error)
            raise

    return endheaders


def _headed(connection, call, body):
    """The headers as they go over the wire."""
    state = call.state
    lines = connection._buffer
    state.skip = sum(map(len, lines)) + 2 * len(lines) + 2
    state.headers, length = head(lines[1:])
    if length is not None:
        if length < 0:
            state.chunks = Chunks()
        else:
            state.declared = length
    if isinstance(body, (bytes, str)):
        call.request.add(body)
        state.is_known = True
    # What is known as a whole is told when the program waits: for its connection, or for the answer.
    state.is_whole = state.is_known or (state.chunks is None and not state.declared)
    if not state.is_whole and (state.declared is None or state.declared > SLACK):
        call.opened(state.url, state.headers, False)
        call.waits()


def _send(original):
    def send(self, data):
        call = getattr(self, CALL, None)
        if call is None or call.state.connecting:
            return original(self, data)
        # Files are read there, and go to the socket at once; text is encoded first.
        is_file = hasattr(data, "read") and not hasattr(data, "encoding")
        try:
            result = original(self, _File(data, call) if is_file else data)
        except BaseException as error:
            _broken(self, call, error)
            raise
        try:
            _sent(call, data)
        except Exception:
            fault()
        return result

    return send


class _File:
    """What http.client wants of a file."""

    def __init__(self, file, call):
        self.file = file
        self.call = call

    def read(self, *args):
        data = self.file.read(*args)
        try:
            _sent(self.call, data)
        except Exception:
            fault()
        return data


def _sent(call, data):
    state = call.state
    call.is_connected = call.is_secured = True
    if type(data) is not bytes and (hasattr(data, "read") or not hasattr(data, "__len__")):
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
    if state.declared is not None and call.request.size >= state.declared:
        state.is_whole = True


@guarded
def _broken(connection, call, error):
    if isinstance(error, (BrokenPipeError, ConnectionResetError)) and not call.state.connecting:
        # An answer may have come before: some read it now, others close.
        call.state.error = error
        return
    _failed(connection, call, error)


def _failed(connection, call, error):
    setattr(connection, CALL, None)
    if call.is_ended:
        return
    _open(call)
    call.failed(error)


def _open(call):
    if not call.is_open:
        state = call.state
        call.opened(state.url, state.headers, state.is_whole)


def _close_connection(original):
    def close(self):
        call = getattr(self, CALL, None)
        if call is not None and not call.state.is_waiting and not call.state.connecting:
            _abandoned(self, call)
        return original(self)

    return close


@guarded
def _abandoned(connection, call):
    if call.state.error is not None:
        _failed(connection, call, call.state.error)
        return
    setattr(connection, CALL, None)
    if call.is_open or call.state.headers is not None and not call.state.is_early:
        _open(call)
        call.ended("aborted")


# Connections.


def _connect(phase):
    def make(original):
        def connect(self):
            call = getattr(self, CALL, None)
            if call is None:
                call = _early(self)
            if call is None:
                return original(self)
            state = call.state
            state.connecting += 1
            if state.is_whole:
                _waiting(call)
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
    setattr(connection, PEER, None)
    if pending is None or not shared.active:
        return None
    method, url, headers, start = pending
    pairs = [(_text(name), _text(value)) for name, value in (headers or {}).items()]
    return _begin(connection, method, url, start, pairs, True)


def _text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


@guarded
def _connected(connection, call, phase):
    if phase not in call.timings:
        call.mark(phase)
    call.is_connected = True
    call.is_secured = phase == "tls" or connection.default_port != 443
    setattr(connection, PEER, None)


def _new_conn(original):
    def _new_conn(self):
        result = original(self)
        call = getattr(self, CALL, None)
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
        call = getattr(self, CALL, None)
        if call is None:
            return original(self)
        state = call.state
        state.is_waiting = True
        _waiting(call)
        try:
            response = original(self)
        except BaseException as error:
            state.is_waiting = False
            _unanswered(self, call, error)
            raise
        _responded(self, call, response)
        return response

    return getresponse


def _waiting(call):
    """There is time now."""
    start = now()
    try:
        if not call.is_open:
            state = call.state
            call.opened(state.url, state.headers, state.is_whole)
        call.waits()
    except Exception:
        fault()
    shared.spent += (now() - start) * 1000


@guarded
def _unanswered(connection, call, error):
    if type(error).__name__ == "ResponseNotReady":
        # Asked for too early: it may be asked for again.
        return
    call.is_sent = True
    _failed(connection, call, error)


def _responded(connection, call, response):
    try:
        setattr(connection, CALL, None)
        peer = getattr(connection, PEER, None)
        if peer is None:
            number, name = number_connection(), _peer(connection)
            setattr(connection, PEER, connection_text(number, True, name))
            peer = connection_text(number, False, name)
        call.connection = peer
        # None if unknown, and with chunks.
        length = response.length
        call.responded(response.status, _VERSIONS.get(response.version), list(response.headers.raw_items()),
                       length is not None and length <= SOON)
        if length == 0 and not response.chunked:
            call.ended("complete")
        else:
            setattr(response, CALL, call)
    except Exception:
        fault()


def _peer(connection):
    try:
        return connection.sock.getpeername()
    except (OSError, AttributeError):
        return None
