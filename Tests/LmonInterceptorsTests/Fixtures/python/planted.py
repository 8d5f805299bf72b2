"""Real calls that are full of secrets, at each level and with small limits: of everything that leaves the process, no byte
may be a part of a secret, in whatever form. python planted.py LAYOUT: one line for each failure, exit status 1 if there was
one."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import servers

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "planted"))
from finder import Finder  # noqa: E402
from plan import Plan  # noqa: E402

layout = sys.argv[1]
CLIENTS = [name for name, module in (("http_client", "http"), ("urllib", "urllib"), ("requests", "requests"),
                                     ("httpx", "httpx"), ("aiohttp", "aiohttp")) if find_spec(module)]
SEED = 20261127
failures = []


class Upstream(servers.Upstream):
    """Answers each call as planned."""

    def __init__(self, calls):
        self.calls = calls
        self.bodies = {}
        super().__init__()

    def handle(self, connection):
        reader = servers.Reader(connection)
        while True:
            head = reader.head()
            if head is None:
                return
            _, target, headers = head
            body = reader.body(headers)
            special, _, rest = target[1:].partition("/")
            number = special.split("?")[0] if special[:1].isdigit() else rest.split("?")[0]
            call = self.calls[int(number)]
            self.bodies[call.number] = body
            if special == "status-line":
                connection.sendall(('{"token":"%s"}\r\n\r\n' % call.message).encode())
                return
            if special == "redirect":
                connection.sendall(("HTTP/1.1 302 Found\r\nLocation: /%s\r\nSet-Cookie: a=%s\r\nContent-Length: 0\r\n\r\n" % (
                    rest, call.message)).encode())
                continue
            self.answered(connection, call, special == "cut")
            if special == "cut":
                return

    def answered(self, connection, call, is_cut):
        lines = ["HTTP/1.1 %d Said" % call.status] + ["%s: %s" % pair for pair in call.answer_headers]
        data = call.answered.data
        connection.sendall(("\r\n".join(lines + ["Content-Length: %d" % len(data)]) + "\r\n\r\n").encode())
        if is_cut:
            data = data[:-10]
        for at in range(0, len(data), max(call.answered.piece, 16)):
            connection.sendall(data[at:at + max(call.answered.piece, 16)])


class Ingest(servers.Ingest):
    """Keeps every byte."""

    def __init__(self):
        self.raw = []
        super().__init__()

    def keep(self, line):
        self.raw.append(line)
        super().keep(line)


def attempt(name, limit, **settings):
    plan = Plan(SEED, limit, CLIENTS)
    upstream, sink = Upstream(plan.calls), Ingest()
    env = {key: value for key, value in os.environ.items() if not key.startswith(("LMON", "PYTHON")) and "proxy" not in key.lower()}
    env.update(PYTHONPATH=layout, LMON_ADDRESS="127.0.0.1:%d" % sink.port, LMON_REDACT="iban", LMON_BODY_LIMIT=str(limit),
               LMON_BUDGET_MS="10000", PYTHONDONTWRITEBYTECODE="1", **settings)
    program = [sys.executable, os.path.join(HERE, "planted", "program.py"), str(SEED), str(limit), str(upstream.port)]
    ran = subprocess.run(program + CLIENTS, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    if ran.returncode or ran.stdout:
        failures.append("%s: status %d, %s" % (name, ran.returncode, ran.stdout.decode()))
    records = sink.settled()
    data = b"\n".join(sink.raw)
    failures.extend("%s: %s" % (name, text) for text in Finder(plan.secrets).found(data, records) + sink.faults)
    failures.extend("%s: %s" % (name, text) for text in missing(plan.calls, upstream.bodies, records, settings["LMON_CAPTURE"]))


def missing(calls, received, records, capture):
    """That all was told: without it, there would be no secrets to be found either."""
    told = by_number(records)
    for call in calls:
        kinds = told.get(call.number, {})
        client, _, special = call.client.partition(" ")
        about = "%d (%s, %s)" % (call.number, call.client, call.way)
        # No client sends such a header; one that refuses it first has no call.
        if special == "header" or (special == "user" and client == "urllib"):
            continue
        if "http.request" not in kinds or "http.end" not in kinds:
            yield "%s was not told: %s" % (about, list(kinds))
            continue
        end = kinds["http.end"]
        if special:
            if special in ("refused", "status line", "cut") and end["outcome"] != "error":
                yield "%s ended as %s" % (about, end)
            continue
        if received.get(call.number) != call.sent.data:
            yield about + " did not arrive"
        wanted = capture == "all" or (capture == "errors" and call.status >= 400)
        for name, side, kind, body in (("sent", call.sent, "http.request", end["bodies"].get("request")),
                                       ("answered", call.answered, "http.response", end["bodies"].get("response"))):
            mark = "harmless-%d-%s" % (call.number, name)
            headers = [(key.lower(), value) for key, value in kinds.get(kind, {}).get("headers", [])]
            if ("x-page", mark) not in headers:
                yield "%s, %s: no headers" % (about, name)
            if not body or not body["size"] > 0:
                yield "%s, %s: no size" % (about, name)
            elif (mark in body.get("text", "")) != (wanted and not side.is_hidden):
                yield "%s, %s, %s: %s" % (about, name, side.kind, str(body)[:200])


def by_number(records):
    calls, told = {}, {}
    for record in records:
        kind, record = record["type"], record["record"]
        if "standDown" in record:
            failures.append("stood down: " + record["standDown"])
        if kind == "http.request":
            call = calls[record["callId"]] = {kind: record}
            mark = record["url"].partition("page=harmless-")[2].partition("-url")[0]
            if mark:
                told[int(mark)] = call
        elif kind.startswith("http."):
            calls[record["callId"]][kind] = record
    return told


attempt("all", 16384, LMON_CAPTURE="all")
attempt("all, cut", 120, LMON_CAPTURE="all")
attempt("errors", 4000, LMON_CAPTURE="errors")
attempt("headers", 4000, LMON_CAPTURE="headers")
print("".join(failure[:400] + "\n" for failure in failures[:40]), end="")
sys.exit(1 if failures else 0)
