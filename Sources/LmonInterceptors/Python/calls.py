"""One outgoing call, from its first sign to its end, and the records that tell of it."""

import os
import time
from _thread import get_ident
from itertools import count
from json import JSONEncoder

from . import invocation
from .bodies import SLACK, Capture, describe
from .errors import explained, outcome

now = time.perf_counter
_encode = JSONEncoder(separators=(",", ":"), check_circular=False).encode
_number = count(1).__next__
_connection_number = count(1).__next__
_threads = {}
_history = {}


class _Shared:
    """Set once when the interceptor is installed; `active` turns false when it stands down."""

    active = False
    capture = "headers"
    limit = 0
    ignored = ()
    budget = 20
    spent = 0.0
    calls = 0
    faults = 0
    pid = os.getpid()

    def send(self, line):
        pass

    def stand_down(self, reason):
        pass


shared = _Shared()


def guarded(work):
    """Runs our code: its time is counted, and nothing that goes wrong in it reaches the program."""

    def run(*args):
        start = now()
        try:
            return work(*args)
        except Exception:
            shared.faults += 1
            if shared.faults > 20:
                shared.stand_down("too many faults of its own")
        finally:
            shared.spent += (now() - start) * 1000

    return run


_second = (0, "")


def timestamp(at):
    """ISO 8601 with milliseconds, which records carry."""
    global _second
    whole = int(at)
    second, text = _second
    if second != whole:
        text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
        _second = (whole, text)
    return "%s.%03dZ" % (text, int((at - whole) * 1000))


def line(kind, at, invocation_id, record):
    message = {"type": kind, "time": timestamp(at)}
    if invocation_id is not None:
        message["invocation"] = invocation_id
    message["record"] = record
    return _encode(message).encode("ascii")


def _thread():
    ident = get_ident()
    number = _threads.get(ident)
    if number is None:
        if len(_threads) > 4096:
            _threads.clear()
        number = _threads[ident] = len(_threads)
    return number


def _is_ignored(host):
    bare, colon, port = host.rpartition(":")
    name = bare if colon and port.isdigit() else host
    for entry in shared.ignored:
        if entry in (host, name) or (entry[0] == "." and name.endswith(entry)):
            return True
        if entry.startswith("*.") and name.endswith(entry[1:]):
            return True
    return False


def begin(client, method, host, start=None):
    """Starts to watch a call, unless this host is not to be watched or the budget is used up: ten budgets, and a quarter
    of one for each call. That is far above what calls cost; a process that is given little of a core gets there last."""
    if not shared.active or (shared.ignored and _is_ignored(host.lower())):
        return None
    if shared.spent > shared.budget * (10 + shared.calls / 4):
        shared.stand_down("its time budget is used up: %.3f ms for %d calls" % (shared.spent, shared.calls))
        return None
    shared.calls += 1
    return Call(client, method, start)


class Call:
    __slots__ = (
        "id", "client", "method", "invocation", "start", "at", "url", "request_headers", "response_headers", "status",
        "timings", "connection", "is_secret", "past", "is_open", "is_ended", "request", "response", "is_connected",
        "is_secured", "is_sent", "state")

    def __init__(self, client, method, start):
        self.id = "%d-%d-%d" % (shared.pid, _thread(), _number())
        self.client = client
        self.method = method
        self.invocation = invocation.get()
        self.at = time.time()
        self.start = now()
        if start is not None:
            self.at -= self.start - start
            self.start = start
        self.url = ""
        self.request_headers = self.response_headers = self.connection = self.past = self.state = None
        self.status = 0
        self.timings = {}
        self.is_secret = self.is_open = self.is_ended = False
        self.is_connected = self.is_secured = self.is_sent = False
        room = shared.limit + SLACK if shared.limit else 0
        # Forms name what they ask of AWS, and the digest pairs calls, whatever is captured.
        self.request = Capture(room or SLACK)
        self.response = Capture(room)

    def mark(self, name):
        self.timings[name] = round((now() - self.start) * 1000, 3)

    def tell(self, kind, at, record):
        message = {"callId": self.id}
        message.update((name, value) for name, value in record.items() if value is not None)
        shared.send(line(kind, at, self.invocation, message))

    def safe(self, headers):
        if shared.capture == "metadata" or headers is None:
            return None
        from .redaction import redact_header

        return [(name, redact_header(name, value)) for name, value in headers]

    def opened(self, url, headers, is_whole):
        """`http.request`. `is_whole` if the body is already known."""
        from .aws import may_be_aws, name_call
        from .redaction import redact_url

        if self.is_open:
            return
        self.is_open = True
        self.request_headers = headers
        self.url = redact_url(url)
        service = operation = attempt = None
        if may_be_aws(url, headers):
            service, operation, attempt, self.is_secret = name_call(self.method, url, headers, self.request.start())
        digest = self.request.digest() if is_whole and self.request.size > 0 else "-"
        same = _remembered((self.method, self.url, self.invocation, digest))
        same.count += 1
        past = self.past = _remembered((self.method, self.url, self.invocation))
        past.attempt = past.attempt + 1 if past.has_failed else 1
        past.has_failed = False
        self.tell("http.request", self.at, {
            "method": self.method, "url": self.url, "headers": self.safe(headers), "client": self.client,
            "service": service, "operation": operation, "attempt": attempt or past.attempt,
            "matchKey": "%s %s %s %d" % (self.method, self.url, digest, same.count),
        })

    def connected(self, number, is_reused, remote):
        """`remote` is what getpeername answers."""
        self.is_connected = self.is_secured = True
        text = None
        if isinstance(remote, tuple) and len(remote) >= 2:
            text = ("[%s]:%s" if ":" in str(remote[0]) else "%s:%s") % tuple(remote[:2])
        self.connection = {"id": "%d-%d-%d" % (shared.pid, 0, number), "reused": is_reused}
        if text is not None:
            self.connection["remote"] = text

    def responded(self, status, version, headers):
        """`http.response`: the headers are here."""
        if self.is_ended:
            return
        self.status = status
        self.response_headers = headers
        self.is_sent = True
        self.mark("firstByte")
        self.tell("http.response", time.time(), {
            "status": status, "version": version, "headers": self.safe(headers), "timings": dict(self.timings),
            "connection": self.connection,
        })

    def ended(self, outcome, error=None, phase=None):
        """`http.end`, once; later ends are ignored."""
        if self.is_ended:
            return
        self.is_ended = True
        self.mark("end")
        has_failed = outcome == "error" or self.status >= 400
        if self.past is not None:
            self.past.has_failed = has_failed and (self.status < 400 or self.status >= 429)
        capture = shared.capture
        is_wanted = capture in ("all", "bodies") or (capture == "errors" and has_failed)
        limit = shared.limit if is_wanted else 0
        bodies = {}
        if self.request.passed:
            bodies["request"] = describe(self.request, self.request_headers, limit, self.is_secret)
        if self.response.passed:
            bodies["response"] = describe(self.response, self.response_headers, limit, self.is_secret)
        self.request.chunks = self.response.chunks = ()
        record = {
            "outcome": outcome, "phase": phase if error is not None else None, "timings": self.timings,
            "sizes": {"request": self.request.total(), "response": self.response.total()}, "bodies": bodies,
        }
        if error is not None:
            record.update(explained(error))
        self.tell("http.end", time.time(), record)

    def failed(self, error):
        """An end that is not a success: by whom, and while doing what."""
        if self.is_ended:
            return
        self.ended(*outcome(self, error))


def number_connection():
    return _connection_number()


class _Past:
    __slots__ = ("count", "attempt", "has_failed")

    def __init__(self):
        self.count = self.attempt = 0
        self.has_failed = False


def _remembered(key):
    entry = _history.get(key)
    if entry is None:
        if len(_history) > 4000:
            _history.clear()
        entry = _history[key] = _Past()
    return entry
