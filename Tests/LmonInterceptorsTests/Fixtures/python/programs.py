"""The programs of the matrix: python programs.py CLIENT PORTS [CASE…]. Each case prints what its client gave it; the
names of errors and their texts, too. PORTS: upstream, TLS, HTTP/2, refused, and the certificate, separated by commas."""

import asyncio
import io
import os
import re
import sys
import warnings

warnings.simplefilter("ignore")
client, ports, chosen = sys.argv[1], sys.argv[2].split(","), sys.argv[3:]
PLAIN, TLS, HTTP2, REFUSED = ("http://127.0.0.1:%s/" % ports[0], "https://localhost:%s/" % ports[1],
                              "https://localhost:%s/" % ports[2], "http://127.0.0.1:%s/" % ports[3])
CERTIFICATE = ports[4]
PROXY = PLAIN.rstrip("/")
for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "no_proxy", "NO_PROXY"):
    os.environ.pop(name, None)


def show(*values):
    print(*(value if isinstance(value, (int, str)) else "%d bytes %r" % (len(value), bytes(value[:60])) for value in values))


def by_threads(call):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        show(*pool.map(call, range(8)))


def failed(error):
    """The whole chain, as the program could see it."""
    while error is not None:
        text = re.sub(r"0x[0-9a-f]+", "0x", str(error))
        print(type(error).__module__, type(error).__name__, text, getattr(error, "errno", None))
        error = error.__cause__


def parts():
    yield b"first "
    yield b"second"


def failing_parts():
    yield b"first"
    raise ValueError("from the program")


async def later_parts():
    for part in parts():
        yield part
        # So long that the client has begun to wait for the answer in between.
        for _ in range(20):
            await asyncio.sleep(0)


def urllib_cases():
    import ssl
    import urllib.request as u

    def get(url, data=None, timeout=5, **headers):
        return u.urlopen(u.Request(url, data, {name.replace("_", "-"): value for name, value in headers.items()}), timeout=timeout)

    def read(response):
        with response:
            show(response.status, response.read())

    def by_lines():
        with get(PLAIN + "events") as response:
            show(*[line.decode() for line in response])

    def in_pieces(path):
        with get(PLAIN + path) as response:
            total = 0
            for piece in iter(lambda: response.read(1000), b""):
                total += len(piece)
            show(response.status, total)

    def into():
        buffer = bytearray(10)
        with get(PLAIN + "ok") as response:
            show(response.readinto(buffer), bytes(buffer), response.read1(5), response.peek(), response.read())

    def aborted():
        response = get(PLAIN + "large")
        show(response.read(100))
        response.close()

    def threads():
        by_threads(lambda n: len(get(PLAIN + "ok?n=same").read()))

    def proxied(url):
        handler = u.ProxyHandler({"http": PROXY, "https": PROXY})
        context = ssl.create_default_context(cafile=CERTIFICATE)
        read(u.build_opener(handler, u.HTTPSHandler(context=context)).open(url, timeout=5))

    def file():
        import tempfile

        with tempfile.TemporaryFile() as body:
            body.write(b"of a file" * 1000)
            body.seek(0)
            read(get(PLAIN + "upload", body, Content_Length="9000", Content_Type="text/plain"))

    def reused():
        import http.client

        connection = http.client.HTTPConnection("127.0.0.1", int(ports[0]), timeout=5)
        for method in ("GET", "HEAD", "DELETE"):
            connection.request(method, "/ok", headers={"X-Api-Key": "hunter2"})
            response = connection.getresponse()
            show(response.status, response.read())
        connection.close()

    def by_hand():
        """100-continue, which http.client waits for nowhere: the body goes after the answer that it skips."""
        import http.client

        connection = http.client.HTTPConnection("127.0.0.1", int(ports[0]), timeout=5)
        connection.putrequest("POST", "/upload")
        connection.putheader("Expect", "100-continue")
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        connection.send(b"4\r\nab")
        connection.send(b"cd\r\n0\r")
        connection.send(b"\n\r\n")
        response = connection.getresponse()
        show(response.status, response.read())
        connection.close()

    return {
        "success": lambda: read(get(PLAIN + "ok?token=hunter2")), "post": lambda: read(get(PLAIN + "upload", b'{"a":1}')),
        "redirect": lambda: read(get(PLAIN + "redirect")), "status": lambda: get(PLAIN + "fail"),
        "refused": lambda: get(REFUSED), "no name": lambda: get("http://surely.not.there.invalid/"),
        "reset": lambda: read(get(PLAIN + "part")), "short": lambda: read(get(PLAIN + "short")),
        "short in pieces": lambda: in_pieces("short"), "hang up": lambda: get(PLAIN + "hang-up"),
        "timeout": lambda: get(PLAIN + "never", timeout=0.2), "stall": lambda: read(get(PLAIN + "stall", timeout=0.2)),
        "abort": aborted, "unread": lambda: show(get(PLAIN + "large").close() or 0),
        "up": lambda: read(get(PLAIN + "upload", parts())), "file": file, "down": lambda: in_pieces("large"),
        "into": into, "gzip": lambda: read(get(PLAIN + "gzip")), "br": lambda: read(get(PLAIN + "br")),
        "events": by_lines, "reuse": reused, "continue": by_hand, "empty": lambda: read(get(PLAIN + "empty")),
        "proxy": lambda: proxied(PLAIN + "ok"), "tunnel": lambda: proxied(TLS + "ok"),
        "tls": lambda: read(u.urlopen(TLS + "ok", context=ssl.create_default_context(cafile=CERTIFICATE), timeout=5)),
        "untrusted": lambda: get(TLS + "ok"), "gzip down": lambda: in_pieces("gzip"), "threads": threads,
        "head": lambda: read(u.urlopen(u.Request(PLAIN + "ok", method="HEAD"), timeout=5)),
        "refused tls": lambda: get(REFUSED.replace("http:", "https:")),
        "failing up": lambda: read(get(PLAIN + "upload", failing_parts())),
    }


def requests_cases():
    import requests

    session = requests.Session()
    session.trust_env = False

    def read(response):
        show(response.status_code, response.content, len(response.history))

    def get(path, **options):
        return session.get(PLAIN + path, timeout=options.pop("timeout", 5), **options)

    def aborted():
        response = get("large", stream=True)
        show(next(response.iter_content(100)))
        response.close()

    def unread():
        with get("large", stream=True) as response:
            show(response.status_code)

    def down(path):
        with get(path, stream=True) as response:
            show(response.status_code, sum(map(len, response.iter_content(1000))))

    def lines():
        with get("events", stream=True) as response:
            show(*[line.decode() for line in response.iter_lines()])

    def retried():
        from requests.adapters import HTTPAdapter
        from urllib3.util.retry import Retry

        with requests.Session() as own:
            own.mount("http://", HTTPAdapter(max_retries=Retry(2, backoff_factor=0, status_forcelist=[500])))
            own.get(PLAIN + "fail", timeout=5)

    def threads():
        by_threads(lambda n: get("ok?n=same").status_code)

    proxies = {"http": PROXY, "https": PROXY}
    return {
        "success": lambda: read(get("ok?token=hunter2")),
        "post": lambda: read(session.post(PLAIN + "upload", json={"password": "hunter2"}, timeout=5)),
        "redirect": lambda: read(get("redirect")), "status": lambda: get("fail").raise_for_status(),
        "refused": lambda: requests.get(REFUSED), "no name": lambda: requests.get("http://surely.not.there.invalid/"),
        "reset": lambda: read(get("part")), "short": lambda: read(get("short")), "hang up": lambda: get("hang-up"),
        "timeout": lambda: get("never", timeout=0.2), "stall": lambda: read(get("stall", timeout=0.2)),
        "abort": aborted, "unread": unread, "retries": retried, "threads": threads,
        "up": lambda: read(session.post(PLAIN + "upload", data=parts(), timeout=5)),
        "file": lambda: read(session.post(PLAIN + "upload", files={"f": ("n", b"of a file" * 1000)},
                                          headers={"Content-Type": "multipart/form-data; boundary=b"}, timeout=5)),
        "down": lambda: down("large"), "gzip": lambda: read(get("gzip")), "gzip down": lambda: down("gzip"),
        "br": lambda: read(get("br")), "events": lines, "reuse": lambda: [read(get("ok")) for _ in range(3)],
        "continue": lambda: read(session.post(PLAIN + "upload", data=b"body", headers={"Expect": "100-continue"}, timeout=5)),
        "empty": lambda: read(get("empty")), "head": lambda: read(session.head(PLAIN + "ok", timeout=5)),
        "proxy": lambda: read(get("ok", proxies=proxies)),
        "tunnel": lambda: read(requests.get(TLS + "ok", proxies=proxies, verify=CERTIFICATE, timeout=5)),
        "tls": lambda: read(requests.get(TLS + "ok", verify=CERTIFICATE, timeout=5)),
        "untrusted": lambda: requests.get(TLS + "ok", timeout=5),
        "refused tls": lambda: requests.get(REFUSED.replace("http:", "https:"), timeout=5),
        "short in pieces": lambda: down("short"),
        "failing up": lambda: read(session.post(PLAIN + "upload", data=failing_parts(), timeout=5)),
    }


def httpx_cases():
    import httpx

    options = {"trust_env": False, "timeout": 5}
    session = httpx.Client(**options)

    def read(response):
        show(response.status_code, response.content, response.http_version, len(response.history))

    def get(path, **more):
        return session.get(PLAIN + path, **more)

    def streamed(path, all_of_it):
        with session.stream("GET", PLAIN + path) as response:
            show(response.status_code)
            for number, piece in enumerate(response.iter_raw()):
                if not all_of_it:
                    break
            show(response.num_bytes_downloaded if all_of_it else 0)

    def unread():
        with session.stream("GET", PLAIN + "large") as response:
            show(response.status_code)

    def lines():
        with session.stream("GET", PLAIN + "events") as response:
            show(*response.iter_lines())

    def other(url, **more):
        with httpx.Client(**{**options, **more}) as own:
            read(own.get(url))

    def version_2():
        with httpx.Client(http2=True, verify=CERTIFICATE, **options) as own:
            read(own.get(HTTP2 + "one"))
            read(own.post(HTTP2 + "two", content=parts()))

    def traced():
        names = []
        session.get(PLAIN + "ok", extensions={"trace": lambda name, info: names.append(name)})
        show(*names)

    return {
        "success": lambda: read(get("ok?token=hunter2")),
        "post": lambda: read(session.post(PLAIN + "upload", json={"password": "hunter2"})),
        "redirect": lambda: read(get("redirect", follow_redirects=True)), "status": lambda: get("fail").raise_for_status(),
        "refused": lambda: session.get(REFUSED), "no name": lambda: session.get("http://surely.not.there.invalid/"),
        "reset": lambda: read(get("part")), "short": lambda: read(get("short")), "hang up": lambda: get("hang-up"),
        "timeout": lambda: get("never", timeout=0.2), "stall": lambda: read(get("stall", timeout=0.2)),
        "abort": lambda: streamed("large", False), "unread": unread, "trace": traced,
        "up": lambda: read(session.post(PLAIN + "upload", content=parts())),
        "file": lambda: read(session.post(PLAIN + "upload", files={"f": ("n", b"of a file" * 1000)},
                                          headers={"Content-Type": "multipart/form-data; boundary=b"})),
        "down": lambda: streamed("large", True), "gzip": lambda: read(get("gzip")), "br": lambda: read(get("br")),
        "events": lines, "reuse": lambda: [read(get("ok")) for _ in range(3)],
        "continue": lambda: read(session.post(PLAIN + "upload", content=b"body", headers={"Expect": "100-continue"})),
        "empty": lambda: read(get("empty")), "head": lambda: read(session.head(PLAIN + "ok")),
        "proxy": lambda: other(PLAIN + "ok", proxy=PROXY),
        "tunnel": lambda: other(TLS + "ok", proxy=PROXY, verify=CERTIFICATE),
        "tls": lambda: other(TLS + "ok", verify=CERTIFICATE), "untrusted": lambda: other(TLS + "ok"), "http2": version_2,
        "short in pieces": lambda: streamed("short", True), "gzip down": lambda: streamed("gzip", True),
        "threads": lambda: by_threads(lambda n: get("ok?n=same").status_code),
        "refused tls": lambda: session.get(REFUSED.replace("http:", "https:")),
        "failing up": lambda: read(session.post(PLAIN + "upload", content=failing_parts())),
    }


def httpx_async_cases():
    import httpx

    options = {"trust_env": False, "timeout": 5}

    def case(work, **more):
        async def run():
            async with httpx.AsyncClient(**{**options, **more}) as session:
                await work(session)

        return lambda: asyncio.run(run())

    async def read(response):
        response = await response
        show(response.status_code, response.content, response.http_version)

    def got(path, **more):
        return lambda session: read(session.get(PLAIN + path, **more))

    def streamed(path, all_of_it):
        async def work(session):
            async with session.stream("GET", PLAIN + path) as response:
                async for piece in response.aiter_raw():
                    if not all_of_it:
                        break
                show(response.num_bytes_downloaded if all_of_it else 0)

        return work

    async def unread(session):
        async with session.stream("GET", PLAIN + "large") as response:
            show(response.status_code)

    async def lines(session):
        async with session.stream("GET", PLAIN + "events") as response:
            async for line in response.aiter_lines():
                show(line)

    async def cancelled(session):
        task = asyncio.ensure_future(session.get(PLAIN + "never"))
        await asyncio.sleep(0.2)
        task.cancel()
        await task

    async def parallel(session):
        for response in await asyncio.gather(*[session.get(PLAIN + "ok?n=same") for _ in range(8)]):
            show(response.status_code)

    async def version_2(session):
        await asyncio.gather(*[read(session.post(HTTP2 + "same", content=later_parts())) for _ in range(3)])

    async def failing(session):
        async def damaged():
            yield b"first"
            raise ValueError("from the program")

        await session.post(PLAIN + "upload", content=damaged())

    async def reused(session):
        for _ in range(3):
            await read(session.get(PLAIN + "ok"))

    async def traced(session):
        names = []

        async def heard(name, info):
            names.append(name)

        await session.get(PLAIN + "ok", extensions={"trace": heard})
        show(*names)

    return {
        "success": case(got("ok?token=hunter2")), "redirect": case(got("redirect", follow_redirects=True)),
        "post": case(lambda session: read(session.post(PLAIN + "upload", json={"password": "hunter2"}))),
        "status": case(got("fail")), "refused": case(lambda session: session.get(REFUSED)),
        "no name": case(lambda session: session.get("http://surely.not.there.invalid/")), "reset": case(got("part")),
        "short": case(got("short")), "hang up": case(got("hang-up")), "timeout": case(got("never", timeout=0.2)),
        "stall": case(got("stall", timeout=0.2)), "abort": case(streamed("large", False)), "cancel": case(cancelled),
        "unread": case(unread), "up": case(lambda session: read(session.post(PLAIN + "upload", content=later_parts()))),
        "failing up": case(failing), "down": case(streamed("large", True)), "gzip": case(got("gzip")),
        "br": case(got("br")), "events": case(lines), "parallel": case(parallel),
        "continue": case(lambda session: read(session.post(PLAIN + "upload", content=b"body", headers={"Expect": "100-continue"}))),
        "empty": case(got("empty")), "proxy": case(got("ok"), proxy=PROXY),
        "tunnel": case(lambda session: read(session.get(TLS + "ok")), proxy=PROXY, verify=CERTIFICATE),
        "tls": case(lambda session: read(session.get(TLS + "ok")), verify=CERTIFICATE),
        "http2": case(version_2, http2=True, verify=CERTIFICATE), "reuse": case(reused), "trace": case(traced),
        "untrusted": case(lambda session: read(session.get(TLS + "ok"))), "short in pieces": case(streamed("short", True)),
        "gzip down": case(streamed("gzip", True)), "head": case(lambda session: read(session.head(PLAIN + "ok"))),
        "refused tls": case(lambda session: read(session.get(REFUSED.replace("http:", "https:")))),
    }


def aiohttp_cases():
    import ssl

    import aiohttp

    def case(work):
        async def run():
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(5)) as session:
                await work(session)

        return lambda: asyncio.run(run())

    async def read(request):
        async with request as response:
            show(response.status, await response.read(), len(response.history))

    def got(path, **more):
        return case(lambda session: read(session.get(PLAIN + path, **more)))

    def posted(path="upload", **more):
        return case(lambda session: read(session.post(PLAIN + path, **more)))

    async def raised(session):
        async with session.get(PLAIN + "fail") as response:
            response.raise_for_status()

    async def aborted(session):
        async with session.get(PLAIN + "large") as response:
            show(await response.content.readexactly(100))

    async def unread(session):
        async with session.get(PLAIN + "stall") as response:
            show(response.status)

    def down(path):
        async def work(session):
            async with session.get(PLAIN + path) as response:
                total = 0
                async for piece in response.content.iter_chunked(1000):
                    total += len(piece)
                show(response.status, total)

        return case(work)

    async def failing(session):
        async def damaged():
            yield b"first"
            raise ValueError("from the program")

        await read(session.post(PLAIN + "upload", data=damaged()))

    def traced():
        names = []

        async def run():
            async def heard(session, context, told):
                names.append(type(told).__name__)

            config = aiohttp.TraceConfig()
            for event in ("start", "chunk_sent", "headers_sent", "end"):
                getattr(config, "on_request_" + event).append(heard)
            async with aiohttp.ClientSession(trace_configs=[config]) as session:
                await read(session.get(PLAIN + "ok"))

        asyncio.run(run())
        show(*names)

    async def lines(session):
        async with session.get(PLAIN + "events") as response:
            async for line in response.content:
                show(line.decode())

    async def cancelled(session):
        task = asyncio.ensure_future(session.get(PLAIN + "never").__aenter__())
        await asyncio.sleep(0.2)
        task.cancel()
        await task

    async def parallel(session):
        await asyncio.gather(*[read(session.get(PLAIN + "ok?n=same")) for _ in range(8)])

    async def reused(session):
        for _ in range(3):
            await read(session.get(PLAIN + "ok"))

    trusting = ssl.create_default_context(cafile=CERTIFICATE)
    short = aiohttp.ClientTimeout(total=0.2)
    pausing = aiohttp.ClientTimeout(sock_read=0.2)
    return {
        "success": got("ok?token=hunter2"), "post": posted(json={"password": "hunter2"}), "redirect": got("redirect"),
        "status": case(raised), "refused": case(lambda session: read(session.get(REFUSED))),
        "no name": case(lambda session: read(session.get("http://surely.not.there.invalid/"))),
        "reset": got("part"), "short": got("short"), "hang up": posted("hang-up"), "timeout": got("never", timeout=short),
        "stall": got("stall", timeout=short), "pause": got("stall", timeout=pausing), "abort": case(aborted),
        "cancel": case(cancelled), "unread": case(unread), "up": posted(data=later_parts()),
        "compressed up": posted(data=b"x" * 5000, compress="gzip"), "down": down("large"), "gzip": got("gzip"),
        "br": got("br"), "events": case(lines), "parallel": case(parallel), "reuse": case(reused),
        "continue": posted(data=b"body", expect100=True), "empty": got("empty"), "proxy": got("ok", proxy=PROXY),
        "head": case(lambda session: read(session.head(PLAIN + "ok"))),
        "tunnel": case(lambda session: read(session.get(TLS + "ok", proxy=PROXY, ssl=trusting))),
        "tls": case(lambda session: read(session.get(TLS + "ok", ssl=trusting))),
        "untrusted": case(lambda session: read(session.get(TLS + "ok"))), "short in pieces": down("short"),
        "gzip down": down("gzip"), "trace": traced, "failing up": case(failing),
        "refused tls": case(lambda session: read(session.get(REFUSED.replace("http:", "https:")))),
        "file": posted(data=io.BytesIO(b"of a file" * 1000)),
    }


def boto3_cases():
    """Against moto's server; its port is in MOTO."""
    import boto3
    from botocore.config import Config

    place = "http://127.0.0.1:" + os.environ["MOTO"]

    def made(service, endpoint=place, **config):
        return boto3.client(service, endpoint_url=endpoint, region_name="eu-west-1", aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
                            aws_secret_access_key="hunter2", config=Config(retries={"max_attempts": 2}, **config))

    def stored():
        client = made("s3")
        bucket = "b%d" % os.getpid()
        client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        client.put_object(Bucket=bucket, Key="k", Body=b"content" * 1000)
        show(client.get_object(Bucket=bucket, Key="k")["Body"].read())
        show(sum(map(len, client.get_object(Bucket=bucket, Key="k")["Body"].iter_chunks(1000))))
        show(next(client.get_object(Bucket=bucket, Key="k")["Body"].iter_chunks(10)))

    def secrets():
        client = made("secretsmanager")
        client.create_secret(Name="n%d" % os.getpid(), SecretString="my secret")
        show(client.get_secret_value(SecretId="n%d" % os.getpid())["SecretString"])

    def table():
        client = made("dynamodb")
        show(len(client.list_tables()["TableNames"]))
        client.describe_table(TableName="absent")

    fast = {"connect_timeout": 0.2, "read_timeout": 0.2}
    return {
        "s3": stored, "secrets": secrets, "error": table, "sts": lambda: show(made("sts").get_caller_identity()["Account"]),
        "refused": lambda: made("s3", REFUSED.rstrip("/")).list_buckets(),
        "timeout": lambda: made("s3", PLAIN + "never", **fast).list_buckets(),
    }


cases = globals()[client + "_cases"]()
for name in [name for name in chosen if name in cases] or cases:
    print("==", name, flush=True)
    lmon = sys.modules.get("_lmon")
    if lmon is not None:
        lmon.invocation.set(name)
    try:
        cases[name]()
    except (Exception, asyncio.CancelledError) as error:
        failed(error)
