import http.client

from clients import SECRET, case, parts

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
