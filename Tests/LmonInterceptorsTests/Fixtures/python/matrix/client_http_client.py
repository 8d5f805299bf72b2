import http.client
import ssl

from clients import SECRET, File, by_threads, case, parts

cases = {}


def connect(cell, **options):
    return http.client.HTTPConnection("127.0.0.1", cell.ports["http"], timeout=5, **options)


def target(cell, path):
    return "/%s?cell=%s" % (path, cell.name)


@case(cases)
def success(cell):
    connection = connect(cell)
    connection.request("POST", target(cell, "echo"), SECRET, {"Content-Type": "application/json"})
    response = connection.getresponse()
    buffer = bytearray(7)
    count = response.readinto(buffer)
    rest = response.read1(3), response.read(4), response.peek(1)[:1], response.read()
    return [count, buffer.decode(), [part.decode() for part in rest], response.isclosed()]


@case(cases)
def alive(cell):
    connection = connect(cell)
    results = []
    for _ in range(2):
        connection.request("GET", target(cell, "ok"))
        results.append(connection.getresponse().read().decode())
    connection.close()
    return results


@case(cases)
def up(cell):
    connection = connect(cell)
    connection.putrequest("POST", target(cell, "echo"))
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders(parts(), encode_chunked=True)
    return connection.getresponse().read().decode()


@case(cases)
def early(cell):
    """Asked for the next before the first was read: an error of the program's own."""
    connection = connect(cell)
    connection.request("GET", target(cell, "ok"))
    response = connection.getresponse()
    try:
        connection.request("GET", target(cell, "ok"))
        connection.getresponse()
    finally:
        response.read()


@case(cases)
def unready(cell):
    return connect(cell).getresponse()


@case(cases)
def down(cell):
    connection = connect(cell)
    connection.request("GET", target(cell, "stream"))
    response = connection.getresponse()
    return [response.read(2).decode(), response.read1().decode(), response.readline().decode(), response.read().decode()]


def get(cell, path, method="GET", body=None, connection=None, **headers):
    connection = connection or connect(cell)
    try:
        connection.request(method, target(cell, path), body, headers)
        response = connection.getresponse()
        return [response.status, response.read().decode("latin-1"), response.getheaders()]
    finally:
        connection.close()


def opened(cell, path):
    connection = connect(cell)
    connection.request("GET", target(cell, path))
    return connection.getresponse()


@case(cases)
def redirect(cell):
    return get(cell, "redirect")


@case(cases)
def status(cell):
    return get(cell, "bad")


@case(cases)
def refused(cell):
    return get(cell, "ok", connection=http.client.HTTPConnection("127.0.0.1", cell.ports["closed"]))


@case(cases)
def reset(cell):
    response = opened(cell, "cut")
    first = response.read(1000)
    cell.go()
    return len(first + response.read())


def slow(cell, path):
    try:
        return get(cell, path, connection=http.client.HTTPConnection("127.0.0.1", cell.ports["http"], timeout=0.3))
    finally:
        cell.go()


@case(cases)
def timeout(cell):
    return slow(cell, "never")


@case(cases)
def late(cell):
    """A timeout in the body."""
    return slow(cell, "endless")


@case(cases)
def abort(cell):
    response = opened(cell, "endless")
    first = response.read(5).decode()
    response.close()
    cell.go()
    return first


@case(cases)
def file(cell):
    return get(cell, "echo", "POST", File(b"z" * 20000), **{"Content-Length": "20000"})


@case(cases)
def gzip(cell):
    return get(cell, "gzip")


@case(cases)
def br(cell):
    return get(cell, "br")


@case(cases)
def events(cell):
    response = opened(cell, "events")
    lines = [response.readline().decode()]
    cell.go()
    return lines + [line.decode() for line in response]


@case(cases)
def together(cell):
    return by_threads(lambda: get(cell, "ok")[1])


@case(cases)
def expect(cell):
    return get(cell, "echo", "PUT", b"go on", Expect="100-continue")


@case(cases)
def proxy(cell):
    connection = http.client.HTTPConnection("127.0.0.1", cell.ports["proxy"], timeout=5)
    connection.request("GET", cell.url("ok"))
    return connection.getresponse().read().decode()


def secured(cell, context, port="https"):
    return http.client.HTTPSConnection("127.0.0.1", cell.ports[port], timeout=5, context=context)


@case(cases)
def tunnel(cell):
    connection = secured(cell, ssl._create_unverified_context(), "proxy")
    connection.set_tunnel("127.0.0.1", cell.ports["https"])
    return get(cell, "ok", connection=connection)


@case(cases)
def secure(cell):
    return get(cell, "ok", connection=secured(cell, ssl._create_unverified_context()))


@case(cases)
def unverified(cell):
    return get(cell, "ok", connection=secured(cell, ssl.create_default_context()))


@case(cases)
def unread(cell):
    return opened(cell, "large").status


@case(cases)
def head(cell):
    return get(cell, "ok", "HEAD")
