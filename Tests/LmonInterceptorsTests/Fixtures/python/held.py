"""What another thread sends while a record is handed to the kernel leaves with it, not with the next one.

python held.py LAYOUT: one line for each failure, exit status 1 if there was one."""

import socket
import sys

sys.path.insert(0, sys.argv[1])
from _lmon.transport import CORK, Transport  # noqa: E402


class Interrupted:
    """A socket during whose first write another thread gets its turn."""

    def __init__(self, real, turn):
        self.real, self.turn = real, turn

    def send(self, data, flags):
        turn, self.turn = self.turn, None
        if turn is not None:
            turn()
        return self.real.send(data, flags)

    def __getattr__(self, name):
        return getattr(self.real, name)


listener = socket.create_server(("127.0.0.1", 0))
transport = Transport("127.0.0.1:%d" % listener.getsockname()[1], lambda: None, lambda count: b"")
transport.send(b'{"n":1}')
agent = listener.accept()[0]
agent.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
while transport.is_due or not transport.is_corked:
    transport.hold(b'{"n":2}')
transport.socket = Interrupted(transport.socket, lambda: transport.send(b'{"other":true}'))
transport.hold(b'{"n":3}')
transport.socket = transport.socket.real
seen = b""
agent.settimeout(0.05)
try:
    while b"other" not in seen:
        seen += agent.recv(65536)
except OSError:
    pass
if b'{"other":true}' not in seen:
    print("another thread's record has not left")
    sys.exit(1)
