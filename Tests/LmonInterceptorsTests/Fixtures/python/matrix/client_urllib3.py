import urllib3

from clients import SECRET, File, by_threads, case, parts

cases = {}


@case(cases)
def success(cell):
    with urllib3.PoolManager() as pool:
        response = pool.request("POST", cell.url("echo"), body=SECRET, headers={"Content-Type": "application/json"})
        return [response.status, response.data.decode()]


@case(cases)
def redirect(cell):
    with urllib3.PoolManager() as pool:
        return pool.request("GET", cell.url("redirect")).data.decode()


@case(cases)
def retries(cell):
    """Each try is a call of its own."""
    with urllib3.PoolManager() as pool:
        retry = urllib3.Retry(2, status_forcelist=[502], raise_on_status=False)
        return pool.request("GET", cell.url("bad"), retries=retry).status


@case(cases)
def down(cell):
    with urllib3.PoolManager() as pool:
        response = pool.request("GET", cell.url("stream"), preload_content=False)
        result = [part.decode() for part in response.stream(3)]
        response.release_conn()
        return result


@case(cases)
def drained(cell):
    with urllib3.PoolManager() as pool:
        response = pool.request("GET", cell.url("gzip"), preload_content=False)
        response.drain_conn()
        return response.status


def get(cell, path, port="http", method="GET", manager=None, **options):
    with manager or urllib3.PoolManager(cert_reqs="CERT_NONE") as pool:
        options = {"retries": False, "timeout": 5, **options}
        response = pool.request(method, cell.url(path, port), **options)
        return [response.status, response.data.decode(), sorted(response.headers.items())]


def opened(cell, path, timeout=5):
    return urllib3.PoolManager().request("GET", cell.url(path), preload_content=False, retries=False, timeout=timeout)


@case(cases)
def status(cell):
    return get(cell, "bad")


@case(cases)
def refused(cell):
    return get(cell, "ok", "closed")


@case(cases)
def reset(cell):
    for _ in opened(cell, "cut").stream(1000):
        cell.go()


@case(cases)
def timeout(cell):
    try:
        return get(cell, "never", timeout=0.1)
    finally:
        cell.go()


@case(cases)
def late(cell):
    """A timeout in the body."""
    try:
        return get(cell, "endless", timeout=0.3)
    finally:
        cell.go()


@case(cases)
def abort(cell):
    response = opened(cell, "endless")
    first = response.read(5, decode_content=False).decode()
    response.close()
    cell.go()
    return first


@case(cases)
def up(cell):
    return get(cell, "echo", method="POST", body=parts())


@case(cases)
def file(cell):
    return get(cell, "echo", method="POST", body=File(b"z" * 20000), headers={"Content-Length": "20000"})


@case(cases)
def gzip(cell):
    return get(cell, "gzip")


@case(cases)
def br(cell):
    return get(cell, "br")


@case(cases)
def events(cell):
    lines = []
    for part in opened(cell, "events").stream():
        lines.append(part.decode())
        cell.go()
    return lines


@case(cases)
def alive(cell):
    with urllib3.PoolManager() as pool:
        return [pool.request("GET", cell.url("ok")).data.decode() for _ in range(2)]


@case(cases)
def together(cell):
    with urllib3.PoolManager(maxsize=5) as pool:
        return by_threads(lambda: pool.request("GET", cell.url("ok")).data.decode())


@case(cases)
def expect(cell):
    return get(cell, "echo", method="PUT", body=b"go on", headers={"Expect": "100-continue"})


@case(cases)
def proxy(cell):
    return get(cell, "ok", manager=urllib3.ProxyManager(cell.proxy))


@case(cases)
def tunnel(cell):
    return get(cell, "ok", "https", manager=urllib3.ProxyManager(cell.proxy, cert_reqs="CERT_NONE"))


@case(cases)
def secure(cell):
    return get(cell, "ok", "https")


@case(cases)
def unverified(cell):
    return get(cell, "ok", "https", manager=urllib3.PoolManager(cert_reqs="CERT_REQUIRED"))


@case(cases)
def unread(cell):
    return opened(cell, "large").status


@case(cases)
def head(cell):
    return get(cell, "ok", method="HEAD")


def connect(cell):
    return urllib3.connection.HTTPConnection("127.0.0.1", cell.ports["http"], timeout=5)


@case(cases)
def early(cell):
    """Asked for the next before the first was read: an error of the program's own."""
    connection = connect(cell)
    # Newer ones read it all, unless they are told not to.
    options = {} if urllib3.__version__.startswith("1.") else {"preload_content": False}
    connection.request("GET", "/ok?cell=" + cell.name, **options)
    response = connection.getresponse()
    try:
        connection.request("GET", "/ok?cell=" + cell.name, **options)
        connection.getresponse()
    finally:
        response.read()


@case(cases)
def unready(cell):
    return connect(cell).getresponse()
