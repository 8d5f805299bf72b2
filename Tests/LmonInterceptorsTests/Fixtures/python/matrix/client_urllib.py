import ssl
import urllib.request

from clients import JSON, SECRET, File, by_threads, case, parts

cases = {}
unchecked = ssl._create_unverified_context()


def call(request, timeout=5, **options):
    with urllib.request.urlopen(request, timeout=timeout, context=unchecked, **options) as response:
        return {"status": response.status, "text": response.read().decode("latin-1"), "headers": response.getheaders()}


@case(cases)
def success(cell):
    return call(urllib.request.Request(cell.url("echo"), SECRET.encode(), JSON))


@case(cases)
def redirect(cell):
    return call(cell.url("redirect"))


@case(cases)
def status(cell):
    return call(cell.url("bad"))


@case(cases)
def refused(cell):
    return call(cell.url("ok", "closed"))


@case(cases)
def reset(cell):
    with urllib.request.urlopen(cell.url("cut")) as response:
        first = response.read(1000)
        cell.go()
        while response.read(1000):
            first += b"."
    return len(first)


@case(cases)
def timeout(cell):
    try:
        return call(cell.url("never"), timeout=0.1)
    finally:
        cell.go()


@case(cases)
def abort(cell):
    response = urllib.request.urlopen(cell.url("endless"), timeout=5)
    first = response.read(5).decode()
    response.close()
    cell.go()
    return first


@case(cases)
def up(cell):
    return call(urllib.request.Request(cell.url("echo"), parts(), method="POST"))


@case(cases)
def file(cell):
    return call(urllib.request.Request(cell.url("echo"), File(b"z" * 20000), {"Content-Length": "20000"}, method="POST"))


@case(cases)
def down(cell):
    with urllib.request.urlopen(cell.url("stream")) as response:
        return [line.decode() for line in response]


@case(cases)
def gzip(cell):
    return call(cell.url("gzip"))


@case(cases)
def br(cell):
    return call(cell.url("br"))


@case(cases)
def events(cell):
    with urllib.request.urlopen(cell.url("events"), timeout=5) as response:
        lines = [response.readline().decode()]
        cell.go()
        return lines + [line.decode() for line in response]


@case(cases)
def expect(cell):
    return call(urllib.request.Request(cell.url("echo"), b"go on", {"Expect": "100-continue"}, method="PUT"))


def opener(cell):
    handlers = urllib.request.ProxyHandler({"http": cell.proxy, "https": cell.proxy}), urllib.request.HTTPSHandler(context=unchecked)
    return urllib.request.build_opener(*handlers)


@case(cases)
def proxy(cell):
    return opener(cell).open(cell.url("ok")).read().decode()


@case(cases)
def tunnel(cell):
    return opener(cell).open(cell.url("ok", "https")).read().decode()


@case(cases)
def secure(cell):
    return call(cell.url("ok", "https"))


@case(cases)
def unverified(cell):
    return urllib.request.urlopen(cell.url("ok", "https")).read().decode()


@case(cases)
def unread(cell):
    response = urllib.request.urlopen(cell.url("large"))
    return response.status


@case(cases)
def head(cell):
    return call(urllib.request.Request(cell.url("ok"), method="HEAD"))


@case(cases)
def late(cell):
    """A timeout in the body."""
    try:
        return call(cell.url("endless"), timeout=0.3)
    finally:
        cell.go()


@case(cases)
def together(cell):
    return by_threads(lambda: urllib.request.urlopen(cell.url("ok"), timeout=5).read().decode())
