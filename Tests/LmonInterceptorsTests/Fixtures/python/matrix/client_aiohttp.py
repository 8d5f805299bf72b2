import asyncio

import aiohttp

from clients import JSON, SECRET, File, async_parts, case

cases = {}


async def seen(response):
    return {"status": response.status, "text": await response.text(), "url": str(response.url),
            "headers": list(response.headers.items()), "history": [hop.status for hop in response.history]}


def one(name, path, method="GET", port="http", **options):
    async def run(cell):
        rest = {key: value() if callable(value) else value for key, value in options.items()}
        if rest.get("proxy"):
            rest["proxy"] = cell.proxy
        async with aiohttp.ClientSession() as session:
            async with session.request(method, cell.url(path, port), **rest) as response:
                return await seen(response)

    cases[name] = run


one("success", "echo", "POST", data=SECRET, headers=JSON)
one("redirect", "redirect")
one("status", "bad", raise_for_status=True)
one("refused", "ok", port="closed")
one("up", "echo", "POST", data=async_parts)
one("file", "echo", "POST", data=lambda: File(b"z" * 200000))
one("down", "stream")
one("gzip", "gzip")
one("br", "br")
one("expect", "echo", "PUT", data="go on", expect100=True)
one("proxy", "ok", proxy=True)
one("tunnel", "ok", port="https", proxy=True, ssl=False)
one("secure", "ok", port="https", ssl=False)
one("unverified", "ok", port="https")
one("head", "ok", "HEAD")


@case(cases)
async def reset(cell):
    async with aiohttp.ClientSession() as session:
        async with session.get(cell.url("cut")) as response:
            async for _ in response.content.iter_any():
                cell.go()


@case(cases)
async def timeout(cell):
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.1)) as session:
            async with session.get(cell.url("never")) as response:
                return await seen(response)
    finally:
        cell.go()


@case(cases)
async def late(cell):
    """A timeout in the body."""
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.3)) as session:
            async with session.get(cell.url("endless")) as response:
                return await seen(response)
    finally:
        cell.go()


@case(cases)
async def abort(cell):
    async with aiohttp.ClientSession() as session:
        task = asyncio.ensure_future(session.get(cell.url("never")))
        await asyncio.get_running_loop().run_in_executor(None, cell.here)
        task.cancel()
        try:
            await task
        finally:
            cell.go()


@case(cases)
async def events(cell):
    lines = []
    async with aiohttp.ClientSession() as session:
        async with session.get(cell.url("events")) as response:
            async for line in response.content:
                lines.append(line.decode())
                cell.go()
    return lines


@case(cases)
async def alive(cell):
    results = []
    async with aiohttp.ClientSession() as session:
        for _ in range(2):
            async with session.get(cell.url("ok")) as response:
                results.append(await seen(response))
    return results


@case(cases)
async def together(cell):
    async def get(session):
        async with session.get(cell.url("ok")) as response:
            return await response.text()

    async with aiohttp.ClientSession() as session:
        return await asyncio.gather(*(get(session) for _ in range(5)))


@case(cases)
async def unread(cell):
    async with aiohttp.ClientSession() as session:
        async with session.get(cell.url("large")) as response:
            return response.status
