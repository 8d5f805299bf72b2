import asyncio

import httpx
from client_httpx import seen

from clients import JSON, SECRET, async_parts, case

cases = {}


def one(name, path, method="GET", port="http", **options):
    """A case that is one request."""

    async def run(cell):
        settings = {key: options[key] for key in ("verify", "follow_redirects", "http2") if key in options}
        rest = {key: value() if callable(value) else value for key, value in options.items() if key not in settings}
        async with httpx.AsyncClient(**settings) as client:
            return seen(await client.request(method, cell.url(path, port), **rest))

    cases[name] = run


one("success", "echo", "POST", content=SECRET, headers=JSON)
one("redirect", "redirect", follow_redirects=True)
one("status", "bad")
one("refused", "ok", port="closed")
one("up", "echo", "POST", content=async_parts)
one("down", "stream")
one("gzip", "gzip")
one("br", "br")
one("expect", "echo", "PUT", content="go on", headers={"Expect": "100-continue"})
one("secure", "ok", port="https", verify=False)
one("unverified", "ok", port="https")
one("http2", "ok", "POST", port="http2", http2=True, verify=False, content=SECRET)
one("head", "ok", "HEAD")


@case(cases)
async def reset(cell):
    async with httpx.AsyncClient() as client:
        async with client.stream("GET", cell.url("cut")) as response:
            async for _ in response.aiter_raw():
                await asyncio.to_thread(cell.go) if hasattr(asyncio, "to_thread") else cell.go()


@case(cases)
async def timeout(cell):
    try:
        async with httpx.AsyncClient() as client:
            return seen(await client.get(cell.url("never"), timeout=0.1))
    finally:
        cell.go()


@case(cases)
async def abort(cell):
    async with httpx.AsyncClient() as client:
        task = asyncio.ensure_future(client.get(cell.url("never")))
        await asyncio.get_running_loop().run_in_executor(None, cell.here)
        task.cancel()
        try:
            await task
        finally:
            cell.go()


@case(cases)
async def events(cell):
    lines = []
    async with httpx.AsyncClient() as client:
        async with client.stream("GET", cell.url("events")) as response:
            async for line in response.aiter_lines():
                lines.append(line)
                cell.go()
    return lines


@case(cases)
async def alive(cell):
    async with httpx.AsyncClient() as client:
        return [seen(await client.get(cell.url("ok"))), seen(await client.get(cell.url("ok")))]


@case(cases)
async def together(cell):
    async with httpx.AsyncClient() as client:
        results = await asyncio.gather(*(client.get(cell.url("ok")) for _ in range(5)))
        return [result.text for result in results]


@case(cases)
async def proxy(cell):
    async with httpx.AsyncClient(mounts={"http://": httpx.AsyncHTTPTransport(proxy=cell.proxy)}) as client:
        return seen(await client.get(cell.url("ok")))


@case(cases)
async def tunnel(cell):
    transport = httpx.AsyncHTTPTransport(proxy=cell.proxy, verify=False)
    async with httpx.AsyncClient(mounts={"https://": transport}) as client:
        return seen(await client.get(cell.url("ok", "https")))


@case(cases)
async def unread(cell):
    async with httpx.AsyncClient() as client:
        async with client.stream("GET", cell.url("large")) as response:
            return response.status_code


@case(cases)
async def late(cell):
    """A timeout in the body."""
    try:
        async with httpx.AsyncClient(timeout=0.3) as client:
            return seen(await client.get(cell.url("endless")))
    finally:
        cell.go()
