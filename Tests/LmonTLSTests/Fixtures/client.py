"""client.py PORT AUTHORITY [BYTES]: posts so many bytes, and prints status, version, and whether they came back."""
import http.client
import ssl
import sys

port, authority = int(sys.argv[1]), sys.argv[2]
body = b"x" * int(sys.argv[3])
context = ssl.create_default_context(cafile=authority)
context.set_alpn_protocols(["h2", "http/1.1"])
connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=20)
for _ in range(2):
    connection.request("POST", "/", body)
    response = connection.getresponse()
    same = response.read() == body
    print(response.status, connection.sock.version(), connection.sock.selected_alpn_protocol(), same)
connection.close()
