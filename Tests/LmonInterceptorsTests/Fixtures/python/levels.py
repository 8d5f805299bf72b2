"""What each level of capture tells of a call that succeeds, one that fails, and one that reaches nobody, outside of any
invocation and within one: there, `errors` tells of what went well too, for the case that the invocation fails.

python levels.py LAYOUT: one line for each failure, exit status 1 if there was one."""

import os
import subprocess
import sys
from importlib.util import find_spec

import servers

layout = sys.argv[1]
SENT, ANSWERED = b'{"sent":true}', b'{"answered":"yes"}'
CLIENTS = [name for name, module in (("urllib", "urllib"), ("requests", "requests"), ("httpx", "httpx"), ("aiohttp", "aiohttp"))
           if find_spec(module)]
PROGRAM = """
import asyncio, os, sys, urllib.error, urllib.request
if os.environ.get('INVOCATION'):
    from _lmon import invocation
    invocation.set(os.environ['INVOCATION'])
port, sent, headers = sys.argv[1], %r, {'Content-Type': 'application/json', 'X-One': 'one'}
def by_urllib(url):
    try:
        urllib.request.urlopen(urllib.request.Request(url, sent, headers), timeout=5).read()
    except urllib.error.HTTPError as error:
        error.read()
def by_requests(url):
    import requests
    requests.post(url, data=sent, headers=headers, timeout=5)
def by_httpx(url):
    import httpx
    httpx.post(url, content=sent, headers=headers, timeout=5, trust_env=False)
def by_aiohttp(url):
    import aiohttp
    async def run():
        async with aiohttp.ClientSession() as session:
            async with session.post(url, data=sent, headers=headers) as response:
                await response.read()
    asyncio.run(run())
for client in sys.argv[2:]:
    for place in ('%%s/200' %% port, '%%s/500' %% port, '4/refused'):
        try:
            globals()['by_' + client]('http://127.0.0.1:%%s?client=%%s' %% (place, client))
        except OSError:
            pass
        except Exception as error:
            if type(error).__name__ != 'ConnectError':
                raise
""" % SENT


class Upstream(servers.Upstream):
    def do_200(self, connection, method, body):
        return self.answer(connection, ANSWERED, Content_Type="application/json", X_Two="two")

    def do_500(self, connection, method, body):
        return self.answer(connection, ANSWERED, "500 No", Content_Type="application/json", X_Two="two")


def told(port, level, invocation):
    sink = servers.Ingest()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LMON", "PYTHON")) and "proxy" not in name.lower()}
    env.update(PYTHONPATH=layout, PYTHONDONTWRITEBYTECODE="1", LMON_ADDRESS="127.0.0.1:%d" % sink.port, LMON_CAPTURE=level,
               LMON_BUDGET_MS="10000", INVOCATION=invocation)
    ran = subprocess.run([sys.executable, "-c", PROGRAM, str(port)] + CLIENTS, env=env, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, timeout=60)
    if ran.returncode or ran.stdout:
        failures.append("%s: status %d, %s" % (level, ran.returncode, ran.stdout.decode()))
    calls = {}
    for record in sink.settled():
        if record["type"].startswith("http."):
            call = calls.setdefault(record["record"]["callId"], {})
            call[record["type"][5:]] = record["record"]
            call["waits"] = record.get("ifFailed", False)
    return {call["request"]["url"].rpartition("/")[2]: call for call in calls.values()}


def header(record, name):
    """None if there are no headers at all."""
    if "headers" not in record:
        return None
    return dict((key.lower(), value) for key, value in record["headers"]).get(name, "")


def body(one):
    return one and (one["size"], one.get("text"))


def seen(call):
    response, end = call.get("response", {}), call["end"]
    return {
        "waits": call["waits"], "outcome": end["outcome"], "status": response.get("status"),
        "headers": [header(call["request"], "x-one"), header(response, "x-two")], "sizes": end["sizes"],
        "sent": body(end["bodies"].get("request")), "answered": body(end["bodies"].get("response")),
    }


def connecting_first():
    """Those that take up a body once they have a connection."""
    from importlib.metadata import version

    return ("aiohttp", "requests") if "requests" in CLIENTS and version("urllib3") >= "2" else ("aiohttp",)


def expected(level, outcome, client, invocation):
    is_answered, has_headers = outcome != "refused", level != "metadata"
    waits = level == "errors" and outcome == "200" and invocation != ""
    has_bodies = level in ("all", "bodies") or (level == "errors" and outcome != "200") or waits
    is_sent = is_answered or client not in connecting_first()
    return {
        "waits": waits, "outcome": "complete" if is_answered else "error", "status": int(outcome) if is_answered else None,
        "headers": ["one" if has_headers else None, "two" if has_headers and is_answered else None],
        "sizes": {"request": len(SENT) if is_sent else 0, "response": len(ANSWERED) if is_answered else 0},
        "sent": (len(SENT), SENT.decode() if has_bodies else None) if is_sent else None,
        "answered": (len(ANSWERED), ANSWERED.decode() if has_bodies else None) if is_answered else None,
    }


failures = []
upstream = Upstream()
for level, invocation in [(level, name) for level in ("metadata", "headers", "errors", "bodies", "all") for name in ("", "one")]:
    calls = told(upstream.port, level, invocation)
    for outcome in ("200", "500", "refused"):
        for client in CLIENTS:
            call = calls.get("%s?client=%s" % (outcome, client))
            shown, wanted = call and seen(call), expected(level, outcome, client, invocation)
            if shown != wanted:
                failures.append("%s, %s, %s, %s: %s, not %s" % (level, invocation, outcome, client, shown, wanted))
print("".join(failure + "\n" for failure in failures), end="")
sys.exit(1 if failures else 0)
