"""One outgoing call, from its first sign to its end, and the records that tell of it. What the program waits for anyway
is the time for work: the request is told while it waits for the answer. What is left to do when the answer is there is
kept short, and a record that ends a call is handed to the kernel without waking the agent."""

import os
from _thread import get_ident
from itertools import count
from time import perf_counter as now
from time import time

from . import invocation
from .bodies import SLACK, Capture, described, find
from .errors import explained, outcome
from .lines import headers_text, members, quoted, timestamp

#: A body of so many bytes is read as soon as its headers are there, as a rule.
SOON = 65536

_number = count(1).__next__
_connection_number = count(1).__next__
_threads = {}
_history = {}
_urls = {}


class _Shared:
    """Set once when the interceptor is installed; `active` turns false when it stands down."""

    active = False
    capture = "headers"
    #: Of a body: what is told at most, and what is copied of it.
    limit = room = 0
    #: Forms name what they ask of AWS, and the digest pairs calls, whatever is captured.
    request_room = SLACK
    #: Whether bodies are told, of calls that fail or not; and whether this is known from the start.
    keeps_all = False
    is_decided = True
    ignored = ()
    budget = 20
    spent = 0.0
    calls = 0
    faults = 0
    pid = os.getpid()

    def send(self, line):
        """To leave at once, with what is queued."""

    def hold(self, line, count=1):
        """To leave with what is sent next, or by itself within a blink: the kernel has it. `count` records."""

    def pace(self, line):
        """To leave at once, unless something has just left."""

    def flush(self):
        """What is queued or held leaves."""

    def stand_down(self, reason):
        pass


shared = _Shared()


#: What calls need and a process without any does not: loaded with the first client library that is watched.
aws = redaction = None


def ready():
    global aws, redaction
    from . import aws, redaction


def forked():
    shared.pid = os.getpid()
    _threads.clear()


def guarded(work):
    """Runs our code: its time is counted, and nothing that goes wrong in it reaches the program."""

    def run(*args):
        start = now()
        try:
            return work(*args)
        except Exception:
            fault()
        finally:
            shared.spent += (now() - start) * 1000

    return run


def _thread(ident):
    """The beginning of the identifiers of a thread's calls."""
    if len(_threads) > 4096:
        _threads.clear()
    text = _threads[ident] = "%d-%d-" % (shared.pid, len(_threads))
    return text


def fault():
    shared.faults += 1
    if shared.faults > 20:
        shared.stand_down("too many faults of its own")


def is_ignored(host):
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
    if not shared.active or (shared.ignored and is_ignored(host.lower())):
        return None
    if shared.spent > shared.budget * (10 + shared.calls / 4):
        shared.stand_down("its time budget is used up: %.3f ms for %d calls" % (shared.spent, shared.calls))
        return None
    shared.calls += 1
    return Call(client, method, start)


class Call:
    """What is not set yet is as the class has it: most calls set little."""

    url = ""
    #: What is in the middle of every line about it; and its first line, which waits for a moment of leisure.
    middle = unsent = None
    #: Pairs, as they went over the wire.
    request_headers = response_headers = None
    connection = past = state = response = None
    #: What is told of the request's body, made ahead; and of how much of it.
    request_body, described_until = None, 0
    #: What is told with the end: when the headers came, and what they were.
    answered = None
    status = 0
    is_secret = is_open = is_ended = is_connected = is_secured = is_sent = False

    def __init__(self, client, method, start):
        ident = get_ident()
        self.id = (_threads.get(ident) or _thread(ident)) + str(_number())
        self.client = client
        self.method = method
        self.invocation = invocation.get()
        self.at = time()
        self.start = now()
        if start is not None:
            self.at -= self.start - start
            self.start = start
        #: Seconds from the start.
        self.timings = {}
        self.request, self.response = Capture(), Capture()
        self.request.room, self.response.room = shared.request_room, shared.room

    def __del__(self):
        """The program dropped it."""
        if self.is_open and not self.is_ended:
            _dropped(self)

    def mark(self, name):
        self.timings[name] = now() - self.start

    def opened(self, url, headers, is_whole):
        """`http.request`. `is_whole` if the body is already known. It leaves with `waits`, which is called when the
        program has sent its request: then it costs the program no time."""
        if self.is_open:
            return
        self.is_open = True
        own = "" if self.invocation is None else ',"invocation":"' + self.invocation + '"'
        self.middle = '%s,"record":{"callId":"%s",' % (own, self.id)
        self.request_headers = headers
        self.url, quoted_url = _urls.get(url) or _redacted(url)
        method = self.method
        operation = ""
        attempt = None
        if aws.may_be_aws(url, headers):
            service, name, attempt, self.is_secret = aws.name_call(method, url, headers, self.request.start())
            operation = members(service=service, operation=name)
        digest = self.request.digest() if is_whole and self.request.size > 0 else "-"
        key = method, self.url, self.invocation
        past = self.past = _history.get(key) or _remembered(key)
        number = past.counts[digest] = past.counts.get(digest, 0) + 1
        past.attempt = past.attempt + 1 if past.has_failed else 1
        past.has_failed = False
        method = quoted(method)[1:-1]
        self.unsent = (
            '{"type":"http.request","time":"%s"%s"method":"%s","url":"%s"%s,"client":"%s"%s,"attempt":%d,'
            '"matchKey":"%s %s %s %d"}}' % (
                timestamp(self.at), self.middle, method, quoted_url, _headers(headers), self.client, operation,
                attempt or past.attempt, method, quoted_url, digest, number)).encode()

    def waits(self):
        """The program does: there is time to tell what is to be told, and to do what can be done of the end. Whose
        invocation it is may be known by the time alone: then the agent is told at once."""
        if self.request.passed != self.described_until and shared.is_decided:
            self.described_until = self.request.passed
            limit = shared.limit if shared.keeps_all else 0
            self.request_body = described(self.request, self.request_headers, limit, self.is_secret)
        text, self.unsent = self.unsent, None
        if text is not None:
            if self.invocation is None:
                shared.send(text)
            else:
                shared.pace(text)

    def connected(self, number, is_reused, remote):
        """`remote` is what getpeername answers."""
        self.is_connected = self.is_secured = True
        self.connection = connection_text(number, is_reused, remote)

    def responded(self, status, version, headers, is_short):
        """The headers are here. `http.response` leaves with the end, if that will be soon: `is_short` if a body of at most
        `SOON` bytes follows, or none."""
        if self.is_ended:
            return
        self.status = status
        self.is_sent = True
        self.response_headers = headers
        self.timings["firstByte"] = now() - self.start
        self.answered = time(), version
        if not is_short:
            self.waits()
            shared.hold(self._answer(self._timings()).encode())

    def _answer(self, timings):
        """`http.response`, once."""
        at, version = self.answered
        self.answered = None
        return '{"type":"http.response","time":"%s"%s"status":%d,"timings":{%s}%s%s%s}}' % (
            timestamp(at), self.middle, self.status, timings[:-1], ',"version":"%s"' % version if version else "",
            ',"connection":' + self.connection if self.connection else "", _headers(self.response_headers))

    def _timings(self):
        """Members, each with a comma after it."""
        text = ""
        for name, at in self.timings.items():
            text += '"%s":%.3f,' % (name, at * 1000)
        return text

    def ended(self, outcome, error=None, phase=None):
        """`http.end`, once; later ends are ignored."""
        if self.is_ended:
            return
        self.is_ended = True
        at = (now() - self.start) * 1000
        has_failed = outcome == "error" or self.status >= 400
        if has_failed and self.past is not None:
            self.past.has_failed = self.status < 400 or self.status >= 429
        request, response = self.request, self.response
        # What went well is told as well: the agent keeps it if the invocation fails.
        is_provisional = (
            shared.capture == "errors" and not has_failed and self.invocation is not None
            and (request.passed or response.passed) > 0)
        timings = self._timings()
        answer, count = ("", 1) if self.answered is None else (self._answer(timings) + "\n", 2)
        text = (
            '%s{"type":"http.end","time":"%s"%s"outcome":"%s","timings":{%s"end":%.3f},'
            '"sizes":{"request":%d,"response":%d},"bodies":{%s}%s}%s}' % (
                answer, timestamp(time()), self.middle, outcome, timings, at,
                request.size or request.passed, response.size or response.passed,
                self._bodies(has_failed or is_provisional),
                "" if error is None else members(phase=phase, **explained(error, self.request_headers)),
                ',"ifFailed":true' if is_provisional else ""))
        request.chunks = response.chunks = ()
        if self.unsent is not None:
            text = self.unsent.decode() + "\n" + text
            count += 1
            self.unsent = None
        # After a large body the process may be out of memory; after a failure, anything may follow.
        if outcome == "complete" and response.passed <= SOON and self.invocation is not None:
            shared.hold(text.encode(), count)
        else:
            shared.send(text.encode())

    def _bodies(self, is_wanted):
        """`is_wanted` where only some are."""
        request, response = self.request, self.response
        limit = shared.limit if shared.keeps_all or (is_wanted and shared.capture == "errors") else 0
        bodies = ""
        if request.passed:
            # Some answers are waited for while the body is still being sent.
            told = self.request_body if request.passed == self.described_until else None
            bodies = '"request":' + (told or described(request, self.request_headers, limit, self.is_secret))
        if response.passed:
            bodies += (',"response":' if bodies else '"response":') + described(
                response, self.response_headers, limit, self.is_secret)
        return bodies

    def failed(self, error):
        """An end that is not a success: by whom, and while doing what."""
        if self.is_ended:
            return
        self.ended(*outcome(self, error))


@guarded
def _dropped(call):
    # In a child of a fork, it is the parent's.
    if call.id.startswith("%d-" % shared.pid):
        call.ended("unread" if call.status and not call.response.passed else "aborted")


def connection_text(number, is_reused, remote):
    text = None
    if isinstance(remote, tuple) and len(remote) >= 2:
        text = ("[%s]:%s" if ":" in str(remote[0]) else "%s:%s") % tuple(remote[:2])
    return '{"id":"%d-0-%d","reused":%s%s}' % (
        shared.pid, number, "true" if is_reused else "false", members(remote=text))


def is_short(method, status, headers):
    """What a response's headers say of its body."""
    if method == "HEAD" or status in (204, 304):
        return True
    length = find(headers, "content-length")
    return length.isdecimal() and int(length) <= SOON


def _headers(headers):
    if shared.capture == "metadata" or headers is None:
        return ""
    return ',"headers":[%s]' % headers_text(headers, redaction)


def _redacted(url):
    """As it is told, and as it stands in JSON."""
    safe = redaction.redact_url(url)
    known = safe, quoted(safe)[1:-1]
    return redaction.remember(_urls, url, known) if safe == url and len(url) <= 500 else known


def number_connection():
    return _connection_number()


class _Past:
    """What there was of a method and URL in an invocation."""

    __slots__ = ("counts", "attempt", "has_failed")

    def __init__(self):
        self.counts = {}
        self.attempt = 0
        self.has_failed = False


def _remembered(key):
    if len(_history) > 2000:
        _history.clear()
    entry = _history[key] = _Past()
    return entry
