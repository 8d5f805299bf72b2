"""Responses of http.client, as they are read, by whoever reads them: urllib3 takes chunks apart itself."""

from .calls import fault, guarded, now, shared
from .hooks import replace

#: Of a connection, and of a response: their call. An attribute like their own: to ask for `__dict__` makes Python 3.11 and
#: later spread the object out into a dictionary, and all that http.client does with it slower.
CALL = "_lmon_call"


def patch_response(response):
    setattr(response, CALL, None)
    for name in ("read", "read1", "readline", "_safe_read"):
        replace(response, name, _reader)
    replace(response, "readinto", _readinto)
    replace(response, "close", _close_response)


def _reader(original):
    def read(self, *args, **kwargs):
        call = getattr(self, CALL, None)
        if call is None or call.state.is_reading:
            return original(self, *args, **kwargs)
        call.state.is_reading = True
        try:
            data = original(self, *args, **kwargs)
        except BaseException as error:
            _unread(self, call, error)
            raise
        finally:
            call.state.is_reading = False
        _passed(self, call, data)
        return data

    return read


def _readinto(original):
    def readinto(self, buffer):
        call = getattr(self, CALL, None)
        if call is None or call.state.is_reading:
            return original(self, buffer)
        call.state.is_reading = True
        try:
            count = original(self, buffer)
        except BaseException as error:
            _unread(self, call, error)
            raise
        finally:
            call.state.is_reading = False
        _passed(self, call, memoryview(buffer).cast("B")[:count])
        return count

    return readinto


@guarded
def _unread(response, call, error):
    setattr(response, CALL, None)
    partial = getattr(error, "partial", None)
    if isinstance(partial, bytes):
        call.response.add(partial)
    call.failed(error)


def _passed(response, call, data):
    """As if `guarded`, which takes a call more."""
    start = now()
    try:
        state = call.state
        if state.left is not None:
            data = data[:state.left]
            state.left -= len(data)
        if data:
            call.response.add(data)
        if response.fp is None:
            setattr(response, CALL, None)
            if response.length and not response.chunked:
                call.ended("error", EOFError("closed %d bytes before the body's end" % response.length), "receive")
            else:
                call.ended("complete")
    except Exception:
        fault()
    shared.spent += (now() - start) * 1000


def _close_response(original):
    def close(self):
        call = getattr(self, CALL, None)
        if call is not None and not call.state.is_reading:
            _closed(self, call)
        return original(self)

    return close


@guarded
def _closed(response, call):
    setattr(response, CALL, None)
    call.ended("aborted" if call.response.passed else "unread")


def update_chunk_length(original):
    def _update_chunk_length(self):
        call = getattr(self._fp, "__dict__", {}).get(CALL)
        if call is None:
            return original(self)
        is_new = self.chunk_left is None
        try:
            result = original(self)
        except BaseException as error:
            _unread(self._fp, call, error)
            raise
        if is_new:
            call.state.left = self.chunk_left
            if self.chunk_left == 0:
                _finished(self._fp, call)
        return result

    return _update_chunk_length


@guarded
def _finished(response, call):
    setattr(response, CALL, None)
    call.ended("complete")
