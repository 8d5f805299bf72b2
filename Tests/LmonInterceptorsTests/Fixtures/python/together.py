"""Invocations and their calls: what is told under lmon's runtime client, and under Lambda's if it is installed.

python together.py LAYOUT [awslambdaric]: one line for each failure, exit status 1 if there was one."""

import os
import subprocess
import sys
import tempfile

import runtime_cases
import servers

layout = sys.argv[1]
failures = []
HANDLER = """
import asyncio, contextvars, sys, threading, urllib.request
def call(name):
    return urllib.request.urlopen('http://127.0.0.1:%d/ok?from=' + name, timeout=5).status
call('init')
async def parallel(name):
    return await asyncio.gather(*[asyncio.to_thread(call, name) for _ in range(3)])
left = []
def handler(event, context):
    name = event['name']
    if left: call(name)
    if name == 'fails': raise ValueError(name)
    left.append(contextvars.copy_context())
    if len(left) > 1: left[0].run(call, 'one')
    if sys.version_info >= (3, 9): asyncio.run(parallel(name))
    return {'name': name, 'password': 'hunter2'}
"""


def told(client, capture, **variables):
    sink, upstream = servers.Ingest(), servers.Upstream()
    events = [b'{"name":"one","token":"hunter2"}', b'{"name":"two"}', b'{"name":"fails"}']
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "app.py"), "w") as file:
            file.write(HANDLER % upstream.port)
        settings = {"LMON_ADDRESS": "127.0.0.1:%d" % sink.port, "LMON_CAPTURE": capture, "LMON_BUDGET_MS": "1000"}
        result = runtime_cases.run(client, folder, "app.handler", events, {**settings, **variables}, False, layout)
    records = sink.settled()
    return result, [(record["type"], record.get("invocation"), record["record"]) for record in records], sink.faults


def expect(what, is_so, shown):
    if not is_so:
        failures.append("%s: %s" % (what, str(shown)[:600]))


def verify(name, client):
    result, records, faults = told(client, "all")
    expect(name + ", answers", [post[0][-1] for post in result["posts"]] == ["response", "response", "error"], result)
    expect(name + ", faults", not faults, faults)
    calls = [(record["url"].split("from=")[1], invocation) for kind, invocation, record in records if kind == "http.request"]
    expected = [("init", None)] + [("one", "id-0")] * 4 + [("two", "id-1")] * 4 + [("fails", "id-2")]
    expect(name + ", calls", sorted(map(str, calls)) == sorted(map(str, expected)), calls)
    for number, status in enumerate(("success", "success", "error")):
        own = [(kind, record) for kind, invocation, record in records if invocation == "id-%d" % number]
        kinds = [kind for kind, _ in own if not kind.startswith("http.")]
        # What an invocation leaves behind may come after its end.
        wanted = ["invocation.event", "invocation.result", "lmon.overhead", "handler.end"]
        expect(name + ", kinds", kinds == wanted, kinds)
        members = dict(own)
        expect(name + ", status", members["handler.end"] == {"status": status}, members)
        event = members["invocation.event"]
        expect(name + ", event", event["contentType"] == "application/json" and event["invokedFunctionArn"] == runtime_cases.ARN
               and event["deadlineMs"] > 1e12 and '"name"' in event["text"], event)
        expect(name + ", result", members["invocation.result"]["outcome"] == ("error" if status == "error" else "response"),
               members["invocation.result"])
    expect(name + ", secrets", "hunter2" not in str(records), records)
    kinds = {kind for kind, _, _ in told(client, "headers")[1]}
    expect(name + ", headers only", "handler.end" in kinds and "invocation.event" not in kinds, kinds)
    kinds = {kind for kind, _, _ in told(client, "all", LMON_PAYLOADS="off")[1]}
    expect(name + ", no payloads", not kinds & {"handler.end", "invocation.event", "invocation.result"}, kinds)
    kinds = {kind for kind, _, _ in told(client, "all", LMON="off")[1]}
    expect(name + ", off", not kinds, kinds)


verify("lmon's", [os.path.join(layout, "runtime.py")])
if "awslambdaric" in sys.argv[2:]:
    verify("Lambda's", ["-m", "awslambdaric"])
print("".join(failure + "\n" for failure in failures), end="")
sys.exit(1 if failures else 0)
