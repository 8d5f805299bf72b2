"""Client libraries × cases: each cell is run without and with the interceptor. What the program saw and what reached the
server must be equal, and what is told must be what happened. python matrix.py FOLDER [CELL], FOLDER being the one with
`sitecustomize.py`: one line for each failure; `skipped` for what this machine does not have. Every client has every case,
but for those in `ABSENT`."""

import json
import os
import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.join(here, "matrix")]

import upstreams  # noqa: E402
from servers import Ingest  # noqa: E402

folder = os.path.abspath(sys.argv[1])
chosen = sys.argv[2:3]

# What each case must be told as: STATUS OUTCOME[:PHASE] of each call, in order; patterns for what clients differ in.
TOLD = {
    "success": ["200 complete"],
    "redirect": ["302 (complete|unread|aborted)", "200 complete"],
    "status": ["(502|404) (complete|unread)"],
    "refused": ["- error:connect"],
    "reset": ["200 error:receive"],
    "timeout": ["- error:timeout"],
    "late": ["200 error:timeout"],
    "abort": ["(200|-) aborted"],
    "up": ["200 complete"],
    "file": ["200 complete"],
    "down": ["200 complete"],
    "gzip": ["200 complete"],
    "br": ["200 complete"],
    "events": ["200 complete"],
    "alive": ["200 complete", "200 complete"],
    "together": ["200 complete"] * 5,
    "expect": ["200 complete"],
    "proxy": ["200 complete"],
    "tunnel": ["200 complete"],
    "secure": ["200 complete"],
    "unverified": ["- error:tls"],
    "http2": ["200 complete", "200 complete"],
    "unread": ["200 unread"],
    "head": ["200 complete"],
    "retries": ["502 complete"] * 2,
    "drained": ["200 complete"],
    "early": ["200 complete", "- aborted"],
    "unready": [],
}
OTHER = {
    "httpx_async.http2": ["200 complete"],
    "urllib3.retries": ["502 complete"] * 3,
    "requests.retries": ["502 complete"] * 3,
    # These follow nowhere; botocore asks where the bucket is.
    "http_client.redirect": ["302 complete"],
    "boto3.redirect": ["302 complete", "302 complete", "200 complete"],
}
# What cells there are not: of which clients, and why.
HIDING = ("urllib", "requests", "httpx", "httpx_async", "aiohttp", "boto3")
ABSENT = {
    "early": (HIDING, "it opens connections and reads answers itself, in their order"),
    "unready": (HIDING, "it opens connections and reads answers itself, in their order"),
    "alive": (("urllib",), "it closes the connection after each answer"),
    "file": (("httpx_async",), "it takes no file that is read without waiting"),
    "retries": (("urllib", "http_client", "httpx", "httpx_async", "aiohttp"), "it repeats no call that was answered"),
    "drained": (("urllib", "http_client", "httpx", "httpx_async", "aiohttp", "requests", "boto3"), "only urllib3 drains"),
    "http2": (("urllib", "http_client", "requests", "urllib3", "aiohttp", "boto3"), "it speaks HTTP/1.1"),
}
JSON_BODY = '{"id":4,"name":"Ada","password":"‹redacted›"}'
# Cells in which less is told than in others, and why; they are compared all the same.
UNSUPPORTED = {}
CLIENTS = {"urllib": "urllib", "http_client": "http", "requests": "requests", "urllib3": "urllib3", "httpx": "httpx",
           "httpx_async": "httpx", "aiohttp": "aiohttp", "boto3": "boto3"}


def run(ports, environment):
    kept = {name: value for name, value in os.environ.items() if not re.match("(?i)LMON|PYTHONPATH|.*_proxy$|SSL_", name)}
    command = [sys.executable, os.path.join(here, "matrix", "cells.py"), json.dumps(ports), *chosen]
    result = subprocess.run(command, env=dict(kept, PYTHONHASHSEED="0", **environment), capture_output=True, text=True, timeout=120)
    if result.returncode != 0 or result.stderr:
        raise SystemExit("cells ended with %d: %s" % (result.returncode, result.stderr))
    return json.loads(result.stdout)


def calls_by_cell(records):
    calls, cells = {}, {}
    for entry in records:
        record = entry["record"]
        if entry["type"] == "http.request":
            call = calls[record["callId"]] = {"request": record}
            found = upstreams.CELL.search(record["url"].encode())
            cells.setdefault(found.group(1).decode() if found else record["method"], []).append(call)
        elif entry["type"] in ("http.response", "http.end"):
            kind = entry["type"][5:]
            call = calls[record["callId"]]
            call[kind + "s"] = call.get(kind + "s", 0) + 1
            call[kind] = record
    return cells


def summary(call):
    end = call.get("end", {})
    phase = ":" + end["phase"] if "phase" in end else ""
    return "%s %s%s" % (call.get("response", {}).get("status", "-"), end.get("outcome"), phase)


def told(cell, calls):
    """What is wrong with what was told of a cell."""
    client, case = cell.split(".")
    expected = OTHER.get(cell, TOLD[case])
    actual = [summary(call) for call in calls]
    if len(actual) != len(expected) or not all(map(re.fullmatch, expected, actual)):
        yield "told %s, not %s; %s" % (actual, expected, json.dumps([call.get("end") for call in calls]))
        return
    for call in calls:
        if call.get("ends") != 1 or call.get("responses", 0) > 1:
            yield "%s ends, %s responses" % (call.get("ends"), call.get("responses", 0))
        library = {"httpx": "httpx", "httpx_async": "httpx", "aiohttp": "aiohttp"}.get(client, "http.client")
        if call["request"]["client"] != "python:" + library:
            yield "client is " + call["request"]["client"]
        if client == "boto3" and call["request"].get("service") != "s3":
            yield "service is %s" % call["request"].get("service")
        if "hunter2" in json.dumps(call):
            yield "a secret is told"
    bodies = [call["end"]["bodies"] for call in calls]
    if case in ("gzip", "br") and bodies[0]["response"].get("text") != JSON_BODY:
        yield "body is told as %s" % bodies[0]
    if case == "up" and client != "boto3" and bodies[0]["request"].get("text") != "one two three":
        yield "body is told as %s" % bodies[0]
    if case == "down" and bodies[0]["response"].get("text") != "one two three":
        yield "body is told as %s" % bodies[0]
    if case == "file" and calls[0]["end"]["sizes"]["request"] not in (20000, 200000):
        yield "sizes are %s" % calls[0]["end"]["sizes"]
    if case == "success" and client != "boto3" and bodies[0]["request"].get("text") != '{"user":"ada","password":"‹redacted›"}':
        yield "body is told as %s" % bodies[0]
    if case == "alive":
        connections = [call["response"]["connection"] for call in calls]
        if [one["reused"] for one in connections] != [False, True] or connections[0]["id"] != connections[1]["id"]:
            yield "connections are %s" % connections
    if case in ("secure", "tunnel") and "tls" not in calls[0]["response"]["timings"]:
        yield "timings are %s" % calls[0]["response"]["timings"]


def incomplete(cells, clients):
    """Where the cells that were run and those that are known not to be there are not all, or are too many."""
    for client in clients:
        for case, (absent, _) in [(case, ABSENT.get(case, ((), ""))) for case in TOLD]:
            is_run, is_absent = "%s.%s" % (client, case) in cells, client in absent
            if is_run == is_absent:
                yield "%s.%s %s" % (client, case, "was run, and is said to be absent" if is_run else "was not run")


CHANGING = re.compile(r"(?im)^((?:amz-sdk-invocation-id|x-amz-date|authorization): )[^\r]*|(;chunk-signature=)[0-9a-f]+")


def steady(requests):
    return sorted(CHANGING.sub(r"\1\2…", request) for request in requests)


def main():
    problems = []
    with tempfile.TemporaryDirectory() as scratch:
        taken, ports = upstreams.start(scratch)
        sink = Ingest()
        bare = run(ports, {})
        bare_bytes = taken.all()
        watched = run(ports, {"PYTHONPATH": folder, "LMON_ADDRESS": "127.0.0.1:%d" % sink.port, "LMON_CAPTURE": "all",
                              "LMON_BUDGET_MS": "2000"})
        watched_bytes = taken.all()
        records = sink.settled()
    faults = watched.pop("faults", None)
    if faults != 0:
        problems.append("%s faults of its own" % faults)
    cells = calls_by_cell(records)
    # The address of a bucket has no room for a cell.
    cells.setdefault("boto3.redirect", []).extend(cells.pop("HEAD", []))
    for cell, result in bare.items():
        for text in [
            result != watched[cell] and "the program saw %s, with lmon %s" % (result, watched[cell]),
            steady(bare_bytes.get(cell, [])) != steady(watched_bytes.get(cell, []))
            and "the server saw %s, with lmon %s" % (steady(bare_bytes.get(cell, [])), steady(watched_bytes.get(cell, []))),
            *([] if cell in UNSUPPORTED else told(cell, cells.pop(cell, []))),
        ]:
            if text:
                problems.append("%s: %s" % (cell, text))
    cells.pop("CONNECT", None)
    if cells:
        problems.append("told of %s" % sorted(cells))
    installed = [client for client, module in CLIENTS.items() if find_spec(module) is not None]
    for client in set(CLIENTS) - set(installed):
        print("skipped: %s is not installed" % client)
    if not chosen:
        problems.extend(incomplete(bare, installed))
    for cell, reason in UNSUPPORTED.items():
        print("skipped: %s: %s" % (cell, reason))
    print("\n".join(problems), end="\n" if problems else "")
    sys.exit(1 if problems else 0)


main()
