"""Records to the agent: one raw socket, HTTP/1.1 posts one after the other, answers only counted. Nothing here waits,
and there is no thread and no timer: a batch that waits for one would be frozen with the process. What the kernel does
not take now leaves with the next record."""

# Of `_socket`: what patches sockets for a program has nothing to do with ours, and to load it costs nothing.
import _socket as socket
import atexit
import errno
import os
import time
from _thread import allocate_lock
from collections import deque

MAX_QUEUED = 4 << 20
MAX_LINE = 1 << 20
MAX_FAILURES = 3
RETRY_AFTER = 0.05
#: Seconds after which the other side may have closed a connection, or have answered what was held.
IDLE = 0.1
#: Seconds between wakes of the agent while calls follow closely upon each other.
PACE = 0.02
#: Bytes that are held at most: so many leave in one piece when the process is killed, before the agent can answer the first
#: of them, upon which the kernel would drop the rest.
MAX_HELD = 24576
#: Seconds that a process may wait for an agent when it ends.
FAREWELL = 0.1
NO_SIGNAL = getattr(socket, "MSG_NOSIGNAL", 0)
#: The kernel has what is held, but need not wake the agent before 0.2 s have gone: to wake another process costs more than
#: all the rest. It leaves whatever becomes of this process; but a killed one's answers must have been read. Not everywhere.
CORK = getattr(socket, "TCP_CORK", None)
WAITING = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EINPROGRESS, errno.EALREADY, errno.EINTR, errno.ENOTCONN)


def resolved(host):
    """A lookup through DNS would hold the process; the sandbox's own name stands in its hosts file."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
            return family, host
        except OSError:
            pass
    try:
        with open("/etc/hosts", encoding="utf-8", errors="replace") as file:
            for line in file:
                words = line.split("#")[0].split()
                if host in words[1:] and ":" not in words[0]:
                    return socket.AF_INET, words[0]
    except OSError:
        pass
    if host.startswith("sandbox") or host == "localhost":
        return socket.AF_INET, "127.0.0.1"
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0]
    return found[0], found[4][0]


class Transport:
    """`send` may be called from anywhere: another thread, a signal's handler, an object's end."""

    def __init__(self, address, when_gone, dropped):
        host, _, port = address.rpartition(":")
        self.family, self.host = resolved(host.strip("[]"))
        self.port = int(port)
        self.head = ("POST /v1/events HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-ndjson\r\n"
                     "Lmon-Redacted: true\r\nContent-Length: " % address).encode()
        self.when_gone = when_gone
        self.render_dropped = dropped
        self.is_closed = False
        self.failures = 0
        self._reset()
        atexit.register(self._leave)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forked)

    def _reset(self):
        self.lock = allocate_lock()
        self.lines = deque()
        self.queued = 0
        self.socket = None
        self.pending = b""
        #: Batches that the agent need not have had, and whether it had others that it has to answer.
        self.held = self.held_bytes = 0
        self.is_due = self.is_corked = False
        self.unanswered = deque()
        self.tail = b""
        self.failed_at = None
        self.used_at = self.pushed_at = 0.0
        self.dropped = 0

    def _forked(self):
        """The connection is the parent's, and so is what it has not yet sent."""
        if self.socket is not None:
            try:
                self.socket.close()
            except OSError:
                pass
        self._reset()

    def _leave(self):
        """Python 3.9 does not survive a socket of this kind that is still open when the interpreter goes down. Several
        batches may be on their way, and an agent that cannot answer the first need not read the next: so an agent that
        answers is given a moment."""
        is_deaf = self.is_due and time.monotonic() - self.pushed_at > FAREWELL
        self.flush()
        self.is_closed = True
        self.is_corked = False
        if self.lock.acquire(False) and self.socket is not None:
            try:
                self.socket.shutdown(socket.SHUT_WR)
                until = time.monotonic() + (0 if is_deaf or len(self.unanswered) < 2 else FAREWELL)
                while self.socket is not None and self.unanswered:
                    self.socket.settimeout(max(0.0, until - time.monotonic()))
                    self._read_answer()
            except OSError:
                pass
            if self.socket is not None:
                self.socket.close()
                self.socket = None

    def send(self, line):
        """To leave at once, with what is queued."""
        self.queue(line)
        self._flush(False)

    def hold(self, line, count=1):
        """To leave with what is sent next, or by itself within a blink. `count` records."""
        if (self.is_corked and not self.is_due and not self.lines and time.monotonic() - self.used_at < IDLE
                and self.lock.acquire(False)):
            # As it mostly is; `_flush` says the same of all that can be.
            is_held = False
            try:
                if not self.pending and not self.dropped and self.held_bytes + len(line) < MAX_HELD:
                    is_held = True
                    self.unanswered.append(count)
                    self._write(b"%b%d\r\n\r\n%b\n" % (self.head, len(line) + 1, line))
            except OSError:
                self._lost()
            finally:
                self.lock.release()
            if is_held:
                # What others wanted to send meanwhile.
                if self.lines:
                    self._flush(False)
                return
        self.queue(line)
        self._flush(CORK is not None)

    def pace(self, line):
        """To leave at once, unless something has just left, and there is room for what the call's end will hold."""
        if CORK is None or self.held_bytes > MAX_HELD // 2 or time.monotonic() - self.pushed_at >= PACE:
            self.send(line)
        else:
            self.hold(line)

    def queue(self, line):
        if self.is_closed:
            return
        if len(line) > MAX_LINE or self.queued + len(self.pending) + len(line) > MAX_QUEUED:
            self.dropped += line.count(b"\n") + 1
        else:
            self.queued += len(line)
            self.lines.append(line)

    def flush(self):
        self._flush(False)

    def _flush(self, is_held):
        """Hands the kernel what it takes; who holds the lock takes along what others queue meanwhile."""
        while not self.is_closed and (self.lines or self.pending or (self.held and not is_held)) and self.lock.acquire(False):
            try:
                is_blocked = not self._drain(is_held)
            except OSError:
                is_blocked = True
                self._lost()
            finally:
                self.lock.release()
            if is_blocked:
                return

    def _drain(self, is_held):
        """False if the kernel takes no more now."""
        if self.socket is None and not self._open():
            return False
        at = time.monotonic()
        is_idle = at - self.used_at > IDLE
        self.used_at = at
        if self.is_due or is_idle:
            self._read_answers(is_idle)
            if self.socket is None and not self._open():
                return False
        # What is held could be lost with an answer that nobody reads.
        is_held = is_held and not self.is_due and self.held_bytes + len(self.pending) + self.queued < MAX_HELD
        if is_held and not self.is_corked:
            self.is_corked = True
            self.socket.setsockopt(socket.IPPROTO_TCP, CORK, 1)
        while self.pending or self.lines:
            if not self._write(self.pending or self._batch()):
                return False
        if not is_held:
            if self.is_corked:
                self.is_corked = False
                self.socket.setsockopt(socket.IPPROTO_TCP, CORK, 0)
            self.held = self.held_bytes = 0
            self.is_due = True
            self.pushed_at = at
        return True

    def _write(self, data):
        """False if the kernel takes no more now: what it has not taken is `pending`."""
        while data:
            self.pending = data
            try:
                count = self.socket.send(data, NO_SIGNAL)
            except OSError as error:
                if error.errno in WAITING:
                    return False
                raise
            self.held_bytes += count
            data = memoryview(data)[count:] if count < len(data) else b""
        self.pending = b""
        self.held += 1
        return True

    def _batch(self):
        lines = [self.render_dropped(self.dropped)] if self.dropped else []
        at_stake = self.dropped - len(lines)
        self.dropped = 0
        while self.lines:
            line = self.lines.popleft()
            self.queued -= len(line)
            lines.append(line)
        lines.append(b"")
        body = b"\n".join(lines)
        self.unanswered.append(at_stake + body.count(b"\n"))
        return b"%b%d\r\n\r\n%b" % (self.head, len(body), body)

    def _open(self):
        if self.failed_at is not None and time.monotonic() - self.failed_at < RETRY_AFTER * self.failures:
            return False
        made = socket.socket(self.family, socket.SOCK_STREAM)
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = made
        result = made.connect_ex((self.host, self.port))
        if result and result not in WAITING:
            raise OSError(result, "refused")
        return True

    def _read_answers(self, is_to_end):
        """As far as they are due: to ask for what is not there costs more than to read what is."""
        while is_to_end or len(self.unanswered) > self.held:
            try:
                if not self._read_answer():
                    return
            except OSError as error:
                if error.errno in WAITING:
                    return
                raise
        self.is_due = False

    def _read_answer(self):
        """False if there will be no more."""
        data = self.socket.recv(65536)
        if data:
            self._answered(self.tail + data)
        else:
            self._lost()
        return bool(data)

    def _answered(self, seen):
        at = seen.find(b"HTTP/1.1 ")
        while at >= 0 and len(seen) >= at + 12:
            if self.unanswered:
                self.unanswered.popleft()
            if seen[at + 9:at + 10] == b"2":
                self.failures = 0
            else:
                self._failed()
            at = seen.find(b"HTTP/1.1 ", at + 9)
        self.tail = seen[at:] if at >= 0 else seen[-8:]

    def _lost(self):
        """What was sent and not answered may not have arrived."""
        self.dropped += sum(self.unanswered)
        self.unanswered.clear()
        self.pending = b""
        self.held = self.held_bytes = 0
        self.is_due = self.is_corked = False
        self.tail = b""
        if self.socket is not None:
            self.socket.close()
            self.socket = None
        self._failed()

    def _failed(self):
        self.failures += 1
        self.failed_at = time.monotonic()
        if self.failures < MAX_FAILURES or self.is_closed:
            return
        self.is_closed = True
        self.is_corked = False
        self.lines.clear()
        self.queued = 0
        if self.socket is not None:
            self.socket.close()
            self.socket = None
        self.when_gone()
