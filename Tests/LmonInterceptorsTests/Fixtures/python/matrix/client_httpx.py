import httpx

from clients import JSON, SECRET, File, by_threads, case, parts

cases = {}


def seen(response):
    return {"status": response.status_code, "text": response.text, "url": str(response.url), "version": response.http_version,
            "headers": response.headers.multi_items(), "history": [hop.status_code for hop in response.history],
            "extensions": sorted(response.extensions)}


@case(cases)
def success(cell):
    return seen(httpx.post(cell.url("echo"), content=SECRET, headers=JSON))


@case(cases)
def redirect(cell):
    return seen(httpx.get(cell.url("redirect"), follow_redirects=True))


@case(cases)
def status(cell):
    httpx.get(cell.url("bad")).raise_for_status()


@case(cases)
def refused(cell):
    return seen(httpx.get(cell.url("ok", "closed")))


@case(cases)
def reset(cell):
    with httpx.stream("GET", cell.url("cut")) as response:
        for _ in response.iter_raw():
            cell.go()


@case(cases)
def timeout(cell):
    try:
        return seen(httpx.get(cell.url("never"), timeout=0.1))
    finally:
        cell.go()


@case(cases)
def abort(cell):
    with httpx.stream("GET", cell.url("endless")) as response:
        first = next(response.iter_raw()).decode()
    cell.go()
    return first


@case(cases)
def up(cell):
    return seen(httpx.post(cell.url("echo"), content=parts()))


@case(cases)
def file(cell):
    return seen(httpx.post(cell.url("echo"), content=File(b"z" * 200000)))


@case(cases)
def down(cell):
    with httpx.stream("GET", cell.url("stream")) as response:
        return "".join(response.iter_text())


@case(cases)
def gzip(cell):
    return seen(httpx.get(cell.url("gzip")))


@case(cases)
def br(cell):
    return seen(httpx.get(cell.url("br")))


@case(cases)
def events(cell):
    lines = []
    with httpx.stream("GET", cell.url("events")) as response:
        for line in response.iter_lines():
            lines.append(line)
            cell.go()
    return lines


@case(cases)
def alive(cell):
    with httpx.Client() as client:
        return [seen(client.get(cell.url("ok"))), seen(client.get(cell.url("ok")))]


@case(cases)
def expect(cell):
    return seen(httpx.put(cell.url("echo"), content="go on", headers={"Expect": "100-continue"}))


@case(cases)
def proxy(cell):
    with httpx.Client(mounts={"http://": httpx.HTTPTransport(proxy=cell.proxy)}) as client:
        return seen(client.get(cell.url("ok")))


@case(cases)
def tunnel(cell):
    with httpx.Client(mounts={"https://": httpx.HTTPTransport(proxy=cell.proxy, verify=False)}) as client:
        return seen(client.get(cell.url("ok", "https")))


@case(cases)
def secure(cell):
    return seen(httpx.get(cell.url("ok", "https"), verify=False))


@case(cases)
def unverified(cell):
    return seen(httpx.get(cell.url("ok", "https")))


@case(cases)
def http2(cell):
    with httpx.Client(http2=True, verify=False) as client:
        return [seen(client.post(cell.url("ok", "http2"), content=SECRET)) for _ in range(2)]


@case(cases)
def unread(cell):
    with httpx.stream("GET", cell.url("large")) as response:
        return response.status_code


@case(cases)
def head(cell):
    return seen(httpx.head(cell.url("ok")))


@case(cases)
def late(cell):
    """A timeout in the body."""
    try:
        return seen(httpx.get(cell.url("endless"), timeout=0.3))
    finally:
        cell.go()


@case(cases)
def together(cell):
    return by_threads(lambda: httpx.get(cell.url("ok")).text)
