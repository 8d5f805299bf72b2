"""What the cells of the matrix call: raw sockets, so that the bytes that arrive are seen as they are. Every request is
kept under its cell, which stands in its target; every route is one way of answering."""

import gzip
import os
import re
import socket
import ssl
import struct
import subprocess
import threading

CELL = re.compile(rb"cell(?:=|%3D)([A-Za-z0-9_.-]+)")
BODY = b'{"id":4,"name":"Ada","password":"hunter2"}'


class Taken:
    """The requests of each cell, and those who wait for one to arrive, or for leave to go on."""

    def __init__(self):
        self.lock = threading.Lock()
        self.requests = {}
        self.gates = {}

    def add(self, head, body):
        found = CELL.search(head)
        cell = found.group(1).decode() if found else "none"
        with self.lock:
            self.requests.setdefault(cell, []).append((head + body).decode("latin-1"))
        return cell

    def gate(self, name):
        with self.lock:
            return self.gates.setdefault(name, threading.Event())

    def all(self):
        with self.lock:
            requests, self.requests, self.gates = self.requests, {}, {}
        return requests


def listen(serve):
    server = socket.create_server(("127.0.0.1", 0), backlog=64)

    def accept():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=guarded, args=(serve, connection), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return server.getsockname()[1]


def guarded(serve, connection):
    try:
        serve(connection)
    except (OSError, ValueError):
        pass
    finally:
        connection.close()


def read_head(file):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = file.readline()
        if not line:
            return None
        head += line
    return head


def read_body(file, head):
    lower = head.lower()
    if b"transfer-encoding: chunked" in lower:
        body = b""
        while True:
            line = file.readline()
            size = int(line.split(b";")[0] or b"0", 16)
            body += line + file.read(size + 2)
            if size == 0:
                return body
    length = re.search(rb"content-length: *(\d+)", lower)
    return file.read(int(length.group(1))) if length else b""


def plain(status, body, *headers):
    lines = [b"HTTP/1.1 %s" % status, b"Content-Length: %d" % len(body), *headers, b"", b""]
    return b"\r\n".join(lines) + body


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: %s\r\n\r\n"


def serve(taken):
    def one(connection):
        file = connection.makefile("rb")
        while True:
            head = read_head(file)
            if head is None:
                return
            if b"expect: 100-continue" in head.lower():
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            body = read_body(file, head)
            cell = taken.add(head, body)
            taken.gate(cell + " here").set()
            if not answer(taken, connection, cell, head, body):
                return

    return one


def answer(taken, connection, cell, head, body):
    """False if the connection is to be closed."""
    method, target = head.split(b" ")[:2]
    path = re.sub(rb"^https?://[^/]+", b"", target).split(b"?")[0].strip(b"/").split(b"/")[0]
    json = b"Content-Type: application/json"
    send = connection.sendall
    if path == b"redirect" and method == b"HEAD":
        # Where a bucket is, which botocore asks when it is sent elsewhere.
        send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-amz-bucket-region: eu-west-1\r\n\r\n")
    elif path == b"redirect":
        send(plain(b"302 Found", b"moved", b"Location: " + target.replace(b"redirect", b"ok", 1)))
    elif path == b"bad":
        send(plain(b"502 Bad Gateway", b'{"error":"upstream"}', json))
    elif path == b"missing":
        send(plain(b"404 Not Found", b"<Error><Code>NoSuchKey</Code><Message>no</Message></Error>", b"Content-Type: application/xml"))
    elif path == b"echo":
        content = body
        if b"transfer-encoding: chunked" in head.lower():
            content = b"".join(re.findall(rb"[0-9a-f]+\r\n(.*?)\r\n", body, re.S))
        send(plain(b"200 OK", b'{"method":"%s","body":"%s"}' % (method, content.hex().encode()), json))
    elif path == b"cut":
        send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 1000)
        taken.gate(cell + " go").wait(5)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False
    elif path == b"never":
        taken.gate(cell + " go").wait(5)
        return False
    elif path == b"stream":
        send(CHUNKED % b"text/plain")
        for part in (b"one ", b"two ", b"three"):
            send(chunk(part))
        send(b"0\r\n\r\n")
    elif path == b"events":
        # The second comes when the program has had the first.
        send(CHUNKED % b"text/event-stream")
        send(chunk(b'data: {"n":1,"token":"hunter2"}\n\n'))
        taken.gate(cell + " go").wait(5)
        send(chunk(b"data: 2\n\n") + b"0\r\n\r\n")
    elif path == b"endless":
        send(CHUNKED % b"text/plain")
        send(chunk(b"first"))
        taken.gate(cell + " go").wait(5)
        return False
    elif path == b"large":
        send(plain(b"200 OK", b"y" * 2_000_000, b"Content-Type: text/plain"))
    elif path == b"gzip":
        send(plain(b"200 OK", gzip.compress(BODY, mtime=0), json, b"Content-Encoding: gzip"))
    elif path == b"br":
        import brotli

        send(plain(b"200 OK", brotli.compress(BODY), json, b"Content-Encoding: br"))
    else:
        send(plain(b"200 OK", b"" if method == b"HEAD" or path == b"okay" and method == b"PUT" else b'{"ok":true}', json))
    return True


def control(taken):
    """One line: `go CELL` lets an answer go on, `here CELL` answers when a request of the cell has arrived."""

    def one(connection):
        for line in connection.makefile("rb"):
            what, cell = line.decode().split()
            gate = taken.gate(cell + " " + what)
            if what == "go":
                gate.set()
            else:
                gate.wait(5)
            connection.sendall(b"ok\n")

    return one


def proxy(taken):
    """Forwards, and tunnels."""

    def one(connection):
        head = read_head(connection.makefile("rb", buffering=0))
        if head is None:
            return
        method, target = head.split(b" ")[:2]
        if method == b"CONNECT":
            with taken.lock:
                taken.requests.setdefault("CONNECT", []).append(head.decode("latin-1"))
            host, port = target.split(b":")
            there = socket.create_connection((host, int(port)))
            connection.sendall(b"HTTP/1.1 200 Established\r\n\r\n")
        else:
            host, _, port = re.match(rb"http://([^/]+)", target).group(1).partition(b":")
            there = socket.create_connection((host, int(port)))
            there.sendall(head)
        back = threading.Thread(target=copy, args=(there, connection), daemon=True)
        back.start()
        copy(connection, there)
        back.join(5)

    return one


def copy(source, target):
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def certificate(folder):
    pair = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run(command + ["-out", pair[0], "-keyout", pair[1]], check=True, capture_output=True)
    return pair


def secure(serve_plain, pair):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pair)

    def one(connection):
        with context.wrap_socket(connection, server_side=True) as wrapped:
            serve_plain(wrapped)

    return one


def http2(taken, pair):
    """Over TLS; every stream is answered alike."""
    import h2.config
    import h2.connection
    import h2.events

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pair)
    context.set_alpn_protocols(["h2"])

    def one(raw):
        with context.wrap_socket(raw, server_side=True) as sock:
            state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="latin-1"))
            state.initiate_connection()
            sock.sendall(state.data_to_send())
            heads, bodies = {}, {}
            while True:
                data = sock.recv(65536)
                if not data:
                    return
                for event in state.receive_data(data):
                    if isinstance(event, h2.events.RequestReceived):
                        heads[event.stream_id], bodies[event.stream_id] = event.headers, b""
                    elif isinstance(event, h2.events.DataReceived):
                        bodies[event.stream_id] += event.data
                        state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                    elif isinstance(event, h2.events.StreamEnded):
                        head = "\n".join("%s: %s" % pair for pair in heads[event.stream_id]).encode()
                        taken.add(head, b"\n\n" + bodies[event.stream_id])
                        state.send_headers(event.stream_id, [(":status", "200"), ("content-type", "application/json")])
                        state.send_data(event.stream_id, BODY, end_stream=True)
                sock.sendall(state.data_to_send())

    return one


KEPT = []


def start(folder):
    """Ports by name."""
    taken = Taken()
    pair = certificate(folder)
    # Taken, so that nobody listens there while it is to refuse.
    closed = socket.socket()
    closed.bind(("127.0.0.1", 0))
    KEPT.append(closed)
    ports = {
        "http": listen(serve(taken)), "https": listen(secure(serve(taken), pair)), "proxy": listen(proxy(taken)),
        "control": listen(control(taken)), "closed": closed.getsockname()[1],
    }
    try:
        ports["http2"] = listen(http2(taken, pair))
    except ImportError:
        pass
    return taken, ports
