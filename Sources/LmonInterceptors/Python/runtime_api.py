"""The Runtime API on one kept-alive socket, which is not seen by what watches or patches the program's sockets."""

import _socket as socket

PREFIX = "/2018-06-01/runtime/"


class Answer:
    __slots__ = ("status", "headers", "body")

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body


class RuntimeAPI:
    def __init__(self, address):
        host, _, port = address.rpartition(":")
        self.place = (host, int(port))
        self.host = "Host: %s\r\n" % address
        self.socket = None
        self.received = b""

    def next(self):
        answer = self._ask(("GET %sinvocation/next HTTP/1.1\r\n%s\r\n" % (PREFIX, self.host)).encode())
        if answer.status != 200:
            raise RuntimeError("Failed to get next invocation: %d" % answer.status)
        return answer

    def post(self, path, body, content_type, error_type=None, nonce=None):
        head = "POST %s%s HTTP/1.1\r\n%sContent-Type: %s\r\n" % (PREFIX, path, self.host, content_type)
        if error_type is not None:
            head += "Lambda-Runtime-Function-Error-Type: %s\r\n" % error_type
        if nonce is not None:
            head += "Lambda-Runtime-Invocation-Id: %s\r\n" % nonce
        head += "Content-Length: %d\r\n\r\n" % len(body)
        return self._ask(head.encode("utf-8", "replace") + body).status

    def _ask(self, request):
        if self.socket is None:
            self._open()
        view = memoryview(request)
        while view:
            view = view[self.socket.send(view):]
        status = 100
        while status < 200:
            status, headers = self._head()
        return Answer(status, headers, self._body(headers))

    def _open(self):
        family, kind, protocol, _, address = socket.getaddrinfo(*self.place, 0, socket.SOCK_STREAM)[0]
        self.socket = socket.socket(family, kind, protocol)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.connect(address)

    def _more(self):
        data = self.socket.recv(262144)
        if not data:
            raise RuntimeError("The Runtime API closed the connection")
        self.received += data

    def _line(self, end=b"\r\n"):
        at = self.received.find(end)
        while at < 0:
            self._more()
            at = self.received.find(end)
        line, self.received = self.received[:at], self.received[at + len(end):]
        return line

    def _bytes(self, count):
        if len(self.received) < count:
            parts, size = [self.received], len(self.received)
            while size < count:
                data = self.socket.recv(min(1 << 20, count - size))
                if not data:
                    raise RuntimeError("The Runtime API closed the connection")
                parts.append(data)
                size += len(data)
            self.received = b"".join(parts)
        body, self.received = self.received[:count], self.received[count:]
        return body

    def _head(self):
        lines = self._line(b"\r\n\r\n").decode("latin-1").split("\r\n")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            value = value.strip()
            headers[name.lower()] = value if value.isascii() else value.encode("latin-1").decode("utf-8", "replace")
        return int(lines[0].split(" ")[1]), headers

    def _body(self, headers):
        if "chunked" not in headers.get("transfer-encoding", ""):
            return self._bytes(int(headers.get("content-length", 0)))
        parts = []
        while True:
            size = int(self._line().split(b";")[0], 16)
            if size == 0:
                while self._line():
                    pass
                return b"".join(parts)
            parts.append(self._bytes(size))
            self._line()
