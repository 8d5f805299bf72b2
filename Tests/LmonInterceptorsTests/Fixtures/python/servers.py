"""Upstreams that misbehave on demand and keep what they received, and an ingest that keeps records. Standard library, but
for HTTP/2."""

import gzip
import json
import os
import socket
import ssl
import struct
import subprocess
import threading

BODY = b'{"ok":true,"password":"hunter2"}'
#: "hello hello hello" as brotli has it: Python cannot make it without a package.
BROTLI = bytes.fromhex("1b1000f88d946ede445586966c206f014f1c601c")


def serve(handle):
    """`handle(connection)` on a thread for each; the port."""
    server = socket.create_server(("127.0.0.1", 0), backlog=128)

    def one(connection):
        try:
            handle(connection)
        except (OSError, ValueError):
            pass
        finally:
            connection.close()

    def accept():
        while True:
            connection, _ = server.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return server.getsockname()[1]


class Reader:
    """Reads a request off a connection and keeps every byte of it."""

    def __init__(self, connection):
        self.file = connection.makefile("rb")
        self.raw = []

    def line(self):
        line = self.file.readline()
        self.raw.append(line)
        return line

    def bytes(self, count):
        data = self.file.read(count)
        self.raw.append(data)
        return data

    def head(self):
        self.raw = []
        words = self.line().split()
        headers = {}
        for line in iter(self.line, b"\r\n"):
            if not line:
                return None
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        return words[0].decode(), words[1].decode(), headers

    def body(self, headers):
        if "chunked" in headers.get("transfer-encoding", ""):
            parts = []
            while True:
                size = int(self.line(), 16)
                parts.append(self.bytes(size))
                self.line()
                if size == 0:
                    return b"".join(parts)
        return self.bytes(int(headers.get("content-length", 0)))


class Upstream:
    def __init__(self):
        self.received = []
        self.port = serve(self.handle)

    def handle(self, connection):
        reader = Reader(connection)
        while True:
            head = reader.head()
            if head is None:
                return
            method, target, headers = head
            if method == "CONNECT":
                self.received.append(b"".join(reader.raw))
                tunnel(connection, target)
                return
            if headers.get("expect", "").lower() == "100-continue":
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            body = reader.body(headers)
            self.received.append(b"".join(reader.raw))
            path = target.split("?")[0].rsplit("/", 1)[-1]
            if not getattr(self, "do_" + path.replace("-", "_"), self.do_ok)(connection, method, body):
                return

    def answer(self, connection, body, status="200 OK", method="GET", **headers):
        lines = ["HTTP/1.1 " + status, "Content-Length: %d" % len(body)]
        lines += ["%s: %s" % (name.replace("_", "-"), value) for name, value in headers.items()]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode()
        connection.sendall(head + (b"" if method == "HEAD" else body))
        return True

    def do_ok(self, connection, method, body):
        return self.answer(connection, BODY, method=method, Content_Type="application/json", Set_Cookie="session=hunter2")

    def do_redirect(self, connection, method, body):
        return self.answer(connection, b"moved", "302 Found", Location="/ok")

    def do_fail(self, connection, method, body):
        return self.answer(connection, b"no", "500 Internal Server Error", Content_Type="text/plain")

    def do_empty(self, connection, method, body):
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        return True

    def do_gzip(self, connection, method, body):
        return self.answer(connection, gzip.compress(BODY, mtime=0), Content_Encoding="gzip", Content_Type="application/json")

    def do_br(self, connection, method, body):
        return self.answer(connection, BROTLI, Content_Encoding="br", Content_Type="text/plain")

    def do_upload(self, connection, method, body):
        return self.answer(connection, json.dumps({"bytes": len(body)}).encode(), Content_Type="application/json")

    def do_large(self, connection, method, body):
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(50):
            connection.sendall(b"fa0\r\n" + b"x" * 4000 + b"\r\n")
        connection.sendall(b"0\r\n\r\n")
        return True

    def do_events(self, connection, method, body):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        for number in range(3):
            connection.sendall(b"data: {\"n\":%d}\n\n" % number)
        return False

    def do_part(self, connection, method, body):
        """The beginning of a body, and then a reset."""
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbeginning")
        # Once it has been read, or the reset might overtake it.
        threading.Event().wait(0.2)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    def do_short(self, connection, method, body):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbeginning")
        return False

    def do_never(self, connection, method, body):
        connection.recv(1)
        return False

    def do_stall(self, connection, method, body):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbeginning")
        connection.recv(1)
        return False

    def do_hang_up(self, connection, method, body):
        return False


def tunnel(connection, target):
    host, _, port = target.rpartition(":")
    other = socket.create_connection((host, int(port)))
    connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")

    def copy(source, sink):
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                sink.sendall(data)
        except OSError:
            pass
        for one in (source, sink):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    back = threading.Thread(target=copy, args=(other, connection), daemon=True)
    back.start()
    copy(connection, other)
    back.join()


def certificate(folder):
    """A key and a certificate for localhost and 127.0.0.1; None without openssl."""
    key, cert = os.path.join(folder, "key.pem"), os.path.join(folder, "cert.pem")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
               "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key,
               "-out", cert]
    try:
        made = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        made = False
    return (key, cert) if made else None


def secure(upstream, pair):
    """The same upstream behind TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair[1], pair[0])
    return serve(lambda connection: upstream.handle(context.wrap_socket(connection, server_side=True)))


def http2(pair):
    """Answers each stream with its number of body bytes."""
    import h2.config
    import h2.connection
    import h2.events

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair[1], pair[0])
    context.set_alpn_protocols(["h2"])

    def handle(plain):
        connection = context.wrap_socket(plain, server_side=True)
        state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        state.initiate_connection()
        connection.sendall(state.data_to_send())
        sizes = {}
        while True:
            data = connection.recv(65536)
            if not data:
                return
            for event in state.receive_data(data):
                if isinstance(event, h2.events.DataReceived):
                    sizes[event.stream_id] = sizes.get(event.stream_id, 0) + len(event.data)
                    state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded):
                    body = b'{"bytes":%d}' % sizes.get(event.stream_id, 0)
                    state.send_headers(event.stream_id, [(":status", "200"), ("content-type", "application/json")])
                    state.send_data(event.stream_id, body, end_stream=True)
            connection.sendall(state.data_to_send())

    return serve(handle)


class Ingest:
    """Keeps the records; `answer` is what it says to each batch."""

    def __init__(self, answer=b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"):
        self.records = []
        self.faults = []
        self.reply = answer
        self.arrived = threading.Condition()
        self.open = 0
        self.port = serve(self.handle)

    def handle(self, connection):
        reader = Reader(connection)
        with self.arrived:
            self.open += 1
        try:
            while True:
                head = reader.head()
                if head is None:
                    return
                if head[:2] != ("POST", "/v1/events"):
                    self.faults.append(str(head))
                for line in reader.body(head[2]).splitlines():
                    self.keep(line)
                try:
                    connection.sendall(self.reply)
                except OSError:
                    pass  # The sender is gone; what it sent is not.
        except IndexError:
            pass
        finally:
            with self.arrived:
                self.open -= 1
                self.arrived.notify_all()

    def keep(self, line):
        try:
            record = json.loads(line)
            if not isinstance(record["record"], dict) or not record["time"].endswith("Z"):
                raise ValueError("not as it should be")
        except (ValueError, KeyError) as error:
            self.faults.append("%s: %r" % (error, line[:200]))
            return
        with self.arrived:
            self.records.append(record)
            self.arrived.notify_all()

    def until(self, count, kind):
        """When so many records of a type are there."""
        with self.arrived:
            self.arrived.wait_for(lambda: sum(record["type"] == kind for record in self.records) >= count, 10)
        return self.records

    def settled(self):
        """When the process has ended, its connection is read to its end."""
        with self.arrived:
            self.arrived.wait_for(lambda: self.open == 0, 10)
        return self.records
