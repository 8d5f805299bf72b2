import requests
from urllib3 import Retry

from clients import JSON, SECRET, File, by_threads, case, parts

cases = {}


def seen(response):
    return {"status": response.status_code, "text": response.text, "url": response.url, "headers": list(response.headers.items()),
            "history": [hop.status_code for hop in response.history]}


@case(cases)
def success(cell):
    return seen(requests.post(cell.url("echo"), data=SECRET, headers=JSON))


@case(cases)
def redirect(cell):
    return seen(requests.get(cell.url("redirect")))


@case(cases)
def status(cell):
    response = requests.get(cell.url("bad"))
    response.raise_for_status()


@case(cases)
def refused(cell):
    return seen(requests.get(cell.url("ok", "closed")))


@case(cases)
def reset(cell):
    response = requests.get(cell.url("cut"), stream=True)
    for _ in response.iter_content(1000):
        cell.go()


@case(cases)
def timeout(cell):
    try:
        return seen(requests.get(cell.url("never"), timeout=0.1))
    finally:
        cell.go()


@case(cases)
def abort(cell):
    response = requests.get(cell.url("endless"), stream=True, timeout=5)
    first = next(response.iter_content(5)).decode()
    response.close()
    cell.go()
    return first


@case(cases)
def up(cell):
    return seen(requests.post(cell.url("echo"), data=parts()))


@case(cases)
def file(cell):
    return seen(requests.post(cell.url("echo"), data=File(b"z" * 20000)))


@case(cases)
def down(cell):
    response = requests.get(cell.url("stream"), stream=True)
    return [part.decode() for part in response.iter_content(None)]


@case(cases)
def gzip(cell):
    return seen(requests.get(cell.url("gzip")))


@case(cases)
def br(cell):
    return seen(requests.get(cell.url("br")))


@case(cases)
def events(cell):
    lines = []
    for line in requests.get(cell.url("events"), stream=True, timeout=5).iter_lines(chunk_size=None):
        lines.append(line.decode())
        cell.go()
    return lines


@case(cases)
def alive(cell):
    with requests.Session() as session:
        return [seen(session.get(cell.url("ok"))), seen(session.get(cell.url("ok")))]


@case(cases)
def expect(cell):
    return seen(requests.put(cell.url("echo"), data="go on", headers={"Expect": "100-continue"}))


@case(cases)
def proxy(cell):
    return seen(requests.get(cell.url("ok"), proxies={"http": cell.proxy}))


@case(cases)
def tunnel(cell):
    return seen(requests.get(cell.url("ok", "https"), proxies={"https": cell.proxy}, verify=False))


@case(cases)
def secure(cell):
    return seen(requests.get(cell.url("ok", "https"), verify=False))


@case(cases)
def unverified(cell):
    return seen(requests.get(cell.url("ok", "https")))


@case(cases)
def unread(cell):
    return requests.get(cell.url("large"), stream=True).status_code


@case(cases)
def head(cell):
    return seen(requests.head(cell.url("ok")))


@case(cases)
def late(cell):
    """A timeout in the body."""
    try:
        return seen(requests.get(cell.url("endless"), timeout=0.3))
    finally:
        cell.go()


@case(cases)
def retries(cell):
    with requests.Session() as session:
        retry = Retry(2, status_forcelist=[502], raise_on_status=False)
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=retry))
        return seen(session.get(cell.url("bad")))


@case(cases)
def together(cell):
    return by_threads(lambda: requests.get(cell.url("ok")).text)
