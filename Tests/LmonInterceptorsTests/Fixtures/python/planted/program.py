"""Makes the calls of a plan. python program.py SEED LIMIT PORT CLIENT…: one line for each that ends as it should not."""

import asyncio
import http.client
import importlib.util
import io
import os
import sys
import urllib.error
import urllib.request
import warnings

warnings.simplefilter("ignore")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from plan import Plan  # noqa: E402

seed, limit, port, chosen = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
ORIGIN = "http://127.0.0.1:%d" % port
#: Nobody listens there.
REFUSED = "http://127.0.0.1:4"


def body_of(call):
    side = call.sent
    if side is None:
        return None
    if call.way == "text":
        return side.text
    if call.way == "pieces":
        return (side.data[at:at + 7] for at in range(0, len(side.data), 7))
    return io.BytesIO(side.data) if call.way == "file" else side.data


def place(call, special):
    if special == "refused":
        return REFUSED + call.path
    if special == "user":
        return "http://ada:%s@127.0.0.1:%d%s" % (call.message, port, call.path)
    if special:
        return "%s/%s%s" % (ORIGIN, special.replace(" ", "-"), call.path)
    return ORIGIN + call.path


def headers_of(call, special):
    # Who reads a secret from a file has its newline, too: no client sends that.
    return call.headers + ([("X-Api-Key", call.message + "\n")] if special == "header" else [])


def by_http_client(call, special):
    connection = http.client.HTTPConnection("127.0.0.1", 4 if special == "refused" else port, timeout=5)
    path = place(call, "" if special == "user" else special).split("/", 3)[3]
    try:
        connection.putrequest("POST" if call.sent else "GET", "/" + path)
        for name, value in headers_of(call, special):
            connection.putheader(name, value)
        body = body_of(call)
        if call.sent is None:
            connection.endheaders()
        elif call.way == "pieces":
            connection.putheader("Transfer-Encoding", "chunked")
            connection.endheaders(body, encode_chunked=True)
        else:
            connection.putheader("Content-Length", str(len(call.sent.data)))
            connection.endheaders(body.encode("latin-1") if isinstance(body, str) else body)
        connection.getresponse().read()
    finally:
        connection.close()


def by_urllib(call, special):
    body = body_of(call)
    request = urllib.request.Request(place(call, special), body.encode() if isinstance(body, str) else body)
    for name, value in headers_of(call, special):
        request.add_header(name, value)
    if call.way == "file" and call.sent:
        request.add_header("Content-Length", str(len(call.sent.data)))
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            response.read()
    except urllib.error.HTTPError as error:
        error.read()


def by_requests(call, special):
    import requests

    options = {"headers": dict(headers_of(call, special)), "timeout": 5, "allow_redirects": special == "redirect"}
    requests.request("POST" if call.sent else "GET", place(call, special), data=body_of(call), **options).content


def by_httpx(call, special):
    import httpx

    with httpx.Client(trust_env=False, timeout=5, follow_redirects=special == "redirect") as client:
        client.request("POST" if call.sent else "GET", place(call, special), headers=headers_of(call, special), content=body_of(call)).read()


def by_aiohttp(call, special):
    import aiohttp

    async def run():
        body = body_of(call)
        if call.way == "pieces" and call.sent:
            body = _later(body)
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(5)) as session:
            async with session.request("POST" if call.sent else "GET", place(call, special), headers=headers_of(call, special), data=body,
                                       allow_redirects=special == "redirect") as response:
                await response.read()

    asyncio.run(run())


async def _later(parts):
    for part in parts:
        yield part


MODULES = {"http_client": "http", "urllib": "urllib", "requests": "requests", "httpx": "httpx", "aiohttp": "aiohttp"}


def main():
    for call in Plan(seed, limit, chosen).calls:
        client, _, special = call.client.partition(" ")
        try:
            globals()["by_" + client](call, special)
        except Exception as error:
            # Some cannot be decoded by who is to read them.
            if not special:
                print("%d %s %s: %r" % (call.number, call.client, call.way, error))


if __name__ == "__main__":
    main()
