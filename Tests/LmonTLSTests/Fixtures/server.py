"""A TLS server: server.py MODE CERTIFICATE KEY. Prints its port, and ends with its standard input."""
import os
import socket
import ssl
import sys
import threading

mode, certificate, key = sys.argv[1:4]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
context.set_alpn_protocols(["h2", "http/1.1"])
if mode == "old":
    context.maximum_version = ssl.TLSVersion.TLSv1_2
if mode == "demanding":
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(certificate)


def answer(stream, number):
    """One request; its body comes back. False at the end."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = stream.read(1)
        if not byte:
            return False
        head += byte
    fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
    length = next((int(v) for k, v in fields.items() if k.lower() == b"content-length"), 0)
    body = stream.read(length)
    extra = "X-Connection: %d\r\nX-Host: %s\r\n" % (number, fields[b"Host"].decode())
    stream.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%s\r\n" % (len(body), extra.encode()) + body)
    stream.flush()
    return True


def serve(connection, number):
    if mode == "closing":
        connection.recv(1)
        return connection.close()
    if mode == "ending":
        connection.recv(1 << 20)
        return connection.close()
    if mode == "silent":
        return connection.recv(1 << 20) and connection.recv(1)
    if mode == "plain":
        connection.recv(1 << 20)
        return connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    secure = context.wrap_socket(connection, server_side=True)
    stream = secure.makefile("rwb")
    if mode == "cut":
        secure.recv(1 << 16)
        secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b"x" * 50)
        os.close(secure.detach())
        return None
    if mode == "open-ended":
        secure.recv(1 << 16)
        secure.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 50)
        os.close(secure.detach())
        return None
    extra = {"protocol": secure.selected_alpn_protocol(), "version": secure.version()}
    print(extra["version"], extra["protocol"], flush=True)
    while answer(stream, number):
        if mode == "once":
            secure.close()
            return None


def guarded(connection, number):
    try:
        serve(connection, number)
    except (OSError, ssl.SSLError):
        pass


def accept():
    number = 0
    while True:
        connection, _ = listener.accept()
        number += 1
        threading.Thread(target=guarded, args=(connection, number), daemon=True).start()


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
threading.Thread(target=accept, daemon=True).start()
sys.stdin.read()
os._exit(0)
