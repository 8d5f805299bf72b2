"""Runs each client's cases without and with the interceptor, compares all that the program and the server saw, and
verifies what was told.

python run.py LAYOUT [--beside] [CLIENT [CASE…]]: one line for each failure, `skipped` for what is not installed, exit
status 1 if there was a failure. With --beside, OpenTelemetry's and X-Ray's patches are there too, in either order."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import threading

import servers

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENTS = {"urllib": "http.client", "requests": "requests", "httpx": "httpx", "httpx_async": "httpx",
           "aiohttp": "aiohttp", "boto3": "boto3"}
OK = [("ok", 200, "complete", None)]


def one(path, status, outcome, phase=None, count=1):
    return [(path, status, outcome, phase)] * count


#: What is told of each case: path, status, outcome and phase of its calls, in order of their start.
EXPECTED = {
    "success": OK, "post": one("upload", 200, "complete"), "redirect": one("redirect", 302, "complete") + OK,
    "status": one("fail", 500, "complete"), "refused": one("", None, "error", "connect"),
    "refused tls": one("", None, "error", "connect"), "no name": one("", None, "error", "dns"),
    "reset": one("part", 200, "error", "receive"), "short": one("short", 200, "error", "receive"),
    "short in pieces": one("short", 200, "error", "receive"), "hang up": one("hang-up", None, "error", "receive"),
    "timeout": one("never", None, "error", "timeout"), "stall": one("stall", 200, "error", "timeout"),
    "pause": one("stall", 200, "error", "timeout"), "abort": one("large", 200, "aborted"),
    "cancel": one("never", None, "aborted"), "unread": one("large", 200, "unread"), "up": one("upload", 200, "complete"),
    "failing up": one("upload", None, "error", "send"), "compressed up": one("upload", 200, "complete"),
    "file": one("upload", 200, "complete"), "down": one("large", 200, "complete"), "into": OK,
    "gzip": one("gzip", 200, "complete"), "gzip down": one("gzip", 200, "complete"), "br": one("br", 200, "complete"),
    "events": one("events", 200, "complete"), "reuse": OK * 3, "continue": one("upload", 200, "complete"),
    "empty": one("empty", 204, "complete"), "head": OK, "proxy": OK, "tunnel": OK, "tls": OK, "parallel": OK * 8,
    "untrusted": one("ok", None, "error", "tls"), "retries": one("fail", 500, "complete", count=3),
    "threads": [], "trace": OK, "http2": one("one", 200, "complete") + one("two", 200, "complete"),
}
OTHERWISE = {
    # The status was all that was asked for: the body was not read.
    ("urllib", "status"): one("fail", 500, "unread"),
    ("httpx_async", "http2"): one("same", 200, "complete", count=3),
    ("aiohttp", "unread"): one("stall", 200, "unread"),
    # urllib3 closes the connection when the program's body fails, and aiohttp has begun to wait for the answer.
    ("requests", "failing up"): one("upload", None, "aborted"),
    ("aiohttp", "failing up"): one("upload", None, "error", "receive"),
    ("boto3", "s3"): None, ("boto3", "secrets"): None, ("boto3", "error"): None, ("boto3", "sts"): None,
    ("boto3", "refused"): one("", None, "error", "connect", 3), ("boto3", "timeout"): one("never", None, "error", "timeout", 3),
}
#: What cases there are not: of which clients, and why.
WAITING, TOGETHER = ("urllib", "requests", "httpx"), ("httpx_async", "aiohttp")
ABSENT = {
    "into": (("requests", "httpx") + TOGETHER, "it reads into no buffer"),
    "file": (("httpx_async",), "it takes no file that is read without waiting"),
    "retries": (("urllib", "httpx") + TOGETHER, "it repeats no call that was answered"),
    "threads": (TOGETHER, "its calls at once are made by one thread"),
    "parallel": (WAITING, "its calls at once are made by threads"),
    "cancel": (WAITING, "who waits for it cannot take it back"),
    "pause": (WAITING + ("httpx_async",), "its only time in a body is that of a pause, which is the case `stall`"),
    "trace": (("urllib", "requests"), "it has no trace of its own"),
    "compressed up": (WAITING + ("httpx_async",), "it packs no body"),
    "http2": (("urllib", "requests", "aiohttp"), "it speaks HTTP/1.1"),
}
#: The calls of boto3's cases: service and operation.
NAMED = {
    "s3": [("s3", name) for name in ("CreateBucket", "PutObject", "GetObject", "GetObject", "GetObject")],
    "secrets": [("secretsmanager", "CreateSecret"), ("secretsmanager", "GetSecretValue")],
    "error": [("dynamodb", "ListTables"), ("dynamodb", "DescribeTable")], "sts": [("sts", "GetCallerIdentity")],
    "refused": [("s3", "ListBuckets")] * 3,
    # A path there is a bucket.
    "timeout": [("s3", "ListObjects")] * 3,
}
#: The cases that are run beside others.
BESIDE = ("success", "post", "redirect", "status", "refused", "reset", "timeout", "abort", "unread", "up", "down", "gzip",
          "reuse", "tunnel", "http2", "s3", "error")
#: What patches the clients as well; each is left out where it is not installed.
TOOLS = """
import os, sys, warnings
warnings.simplefilter("ignore")
def instrument(module, name):
    try:
        module = __import__("opentelemetry.instrumentation." + module, fromlist=[name])
    except ImportError:
        return
    getattr(module, name)().instrument()
instrument("requests", "RequestsInstrumentor")
instrument("urllib3", "URLLib3Instrumentor")
instrument("urllib", "URLLibInstrumentor")
instrument("httpx", "HTTPXClientInstrumentor")
instrument("aiohttp_client", "AioHttpClientInstrumentor")
try:
    from aws_xray_sdk.core import patch, xray_recorder
    xray_recorder.configure(sampling=False, context_missing="IGNORE_ERROR")
    patch([name for name in ("httplib", "requests", "httpx", "botocore")
           if name == "httplib" or name in sys.modules or __import__("importlib.util").util.find_spec(name)],
          raise_errors=False)
except ImportError:
    pass
"""
#: The interceptor, loaded by the program itself.
LATE = """
import os, sys
if "LATE" in os.environ:
    sys.path.insert(0, os.environ["LATE"])
    import _lmon.interceptor
    sys.path.remove(os.environ["LATE"])
    _lmon.interceptor.install()
"""


def preludes(module):
    """The interceptor's patches beneath the others', with the client imported by them or before them; and above."""
    imported = "import %s\n" % module
    return [("tools first", TOOLS + imported, False), ("client first", imported + TOOLS, False),
            ("interceptor last", imported + TOOLS + LATE, True)]


class Rig:
    def __init__(self, layout, folder):
        self.layout = layout
        self.upstream = servers.Upstream()
        self.bare = {}
        pair = servers.certificate(folder)
        ports = [self.upstream.port, 0, 0, refused(), ""]
        if pair is not None:
            ports[1] = servers.secure(self.upstream, pair)
            ports[4] = pair[1]
            try:
                ports[2] = servers.http2(pair)
            except ImportError:
                pass
        self.ports = ",".join(map(str, ports))

    def run(self, client, cases, prelude, **variables):
        self.upstream.received.clear()
        env = {name: value for name, value in os.environ.items() if not name.startswith(("LMON", "PYTHONPATH"))}
        env.update(variables, PYTHONDONTWRITEBYTECODE="1", AWS_EC2_METADATA_DISABLED="true", HOME="/nonexistent")
        program = [os.path.join(HERE, "programs.py")]
        if prelude:
            program = ["-c", prelude + "import sys, runpy; sys.argv.pop(0); runpy.run_path(sys.argv[0], run_name='__main__')",
                       program[0]]
        ran = subprocess.run([sys.executable] + program + [client, self.ports] + cases, env=env, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, timeout=120)
        text = re.sub(r"n\d+\b", "n", ran.stdout.decode("utf-8", "replace"))
        return ran.returncode, text, [plain(request) for request in self.upstream.received]

    def attempt(self, client, cases, prelude="", is_late=False):
        sink = servers.Ingest()
        key = client, prelude.replace(LATE, "")
        bare = self.bare[key] = self.bare.get(key) or self.run(client, cases, prelude)
        place = {"LATE" if is_late else "PYTHONPATH": self.layout}
        watched = self.run(
            client, cases, prelude, **place, LMON_ADDRESS="127.0.0.1:%d" % sink.port, LMON_CAPTURE="all",
            LMON_BODY_LIMIT="1000", LMON_BUDGET_MS="1000")
        failures = ["without, and with the interceptor: %s" % difference for difference in differences(bare, watched, client)]
        records = sink.settled()
        return failures + sink.faults + list(verified(client, watched[1], records, not cases))


def refused():
    """A port at which nobody listens: it is taken, so that nobody else comes to."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    KEPT.append(taken)
    return taken.getsockname()[1]


KEPT = []


def plain(request):
    """What no two runs have in common, and what order nobody promised."""
    request = re.sub(rb"--[0-9a-f]{32}", b"--boundary", request)
    request = re.sub(rb" m/\S+", b"", request)
    return re.sub(rb"(?i)(traceparent|x-amzn-trace-id|x-amz-date|authorization|amz-sdk-invocation-id): [^\r]*", rb"\1", request)


def differences(bare, watched, client):
    if bare[0] != watched[0]:
        yield "status %r, %r" % (bare[0], watched[0])
    if bare[1] != watched[1]:
        for before, after in zip(bare[1].split("\n"), watched[1].split("\n")):
            if before != after:
                yield "%r, %r" % (before[-300:], after[-300:])
                break
        else:
            yield "one more line: %r" % (bare[1][-200:] + " | " + watched[1][-200:])
    # Parallel calls come in any order.
    if sorted(bare[2]) != sorted(watched[2]):
        strange = [request for request in watched[2] if request not in bare[2]] or ["fewer requests"]
        yield "the server saw %r" % strange[0][:500]


def verified(client, output, records, is_all):
    calls, order = {}, {}
    for record in records:
        if record["type"] == "lmon.interceptor":
            if "standDown" in record["record"]:
                yield "stood down: %s" % record["record"]["standDown"]
            continue
        if not record["type"].startswith("http."):
            continue
        key = record["record"]["callId"]
        if record["type"] == "http.request":
            order.setdefault(record.get("invocation"), []).append(key)
        kinds = calls.setdefault(key, {})
        if record["type"] in kinds:
            yield "%s twice for %s" % (record["type"], key)
        kinds[record["type"]] = record["record"]
        if "hunter2" in str(record) or "my secret" in str(record):
            yield "a secret is told: %s" % str(record)[:300]
    cases = re.findall("^== (.*)$", output, re.M)
    if not cases:
        yield "nothing ran: %s" % output[-500:]
    if is_all:
        # Those of boto3 are AWS's, at moto; what else there is of it is in the other matrix.
        wanted = set(NAMED) if client == "boto3" else {name for name in EXPECTED if client not in ABSENT.get(name, ((),))[0]}
        for case in wanted.symmetric_difference(cases):
            yield "%s: %s" % (case, "not run" if case in wanted else "run, and said to be absent")
    for case in cases:
        told = [calls[key] for key in order.get(case, [])]
        if case == "threads":
            told = [calls[key] for key in order.get(None, [])]
        yield from check(client, case, told)
    for key, kinds in calls.items():
        if "http.request" not in kinds or "http.end" not in kinds:
            yield "%s has only %s" % (key, list(kinds))


def check(client, case, told):
    seen = [(path(call), call.get("http.response", {}).get("status"), call.get("http.end", {}).get("outcome"),
             call.get("http.end", {}).get("phase")) for call in told]
    expected = OTHERWISE.get((client, case), EXPECTED.get(case))
    if case == "threads":
        expected = OK * 8
    if expected is not None and sorted(map(str, seen)) != sorted(map(str, expected)):
        yield "%s: told %s, expected %s" % (case, seen, expected)
    if client == "boto3":
        names = [(call["http.request"].get("service"), call["http.request"].get("operation")) for call in told]
        if names != NAMED[case]:
            yield "%s: named %s" % (case, names)
    for call in told:
        fault = content(case, call)
        if fault:
            yield "%s: %s in %s" % (case, fault, str(call)[:600])


def path(call):
    return call["http.request"]["url"].split("?")[0].split("/", 3)[3] if call["http.request"]["url"].count("/") > 2 else ""


def content(case, call):
    """What cannot be right, whoever made the call."""
    end = call.get("http.end", {})
    where, body = path(call), end.get("bodies", {}).get("response", {})
    if end.get("outcome") == "error" and not (end.get("code") and end.get("message")):
        return "no code or no message"
    if where in ("ok", "gzip") and end.get("outcome") == "complete" and body and "‹redacted›" not in body.get("text", ""):
        return "the body is not as text"
    if where == "ok" and end.get("outcome") == "complete" and case not in ("head", "reuse") and end["sizes"]["response"] != 32:
        return "the wrong size"
    if where == "large" and end.get("outcome") == "complete" and (end["sizes"]["response"] != 200000 or not body["truncated"]):
        return "the wrong size"
    if where == "events" and body.get("text") != 'data: {"n":0}\n\ndata: {"n":1}\n\ndata: {"n":2}\n\n':
        return "the wrong events"
    if case == "up" and end["bodies"]["request"].get("text") != "first second":
        return "the wrong upload"
    if case == "continue" and end["bodies"]["request"].get("text") not in ("body", "abcd"):
        return "the wrong upload"
    if case == "success" and "‹redacted›" not in call["http.request"]["url"]:
        return "a secret in the URL"
    headers = dict((name.lower(), value) for name, value in call["http.request"]["headers"])
    if "host" not in headers and end.get("outcome") == "complete" and where not in ("one", "two", "same"):
        return "no headers as sent"
    return None


def start_moto():
    """moto's server, with the Python that LMON_MOTO names; None without. Its port goes to MOTO."""
    if not os.environ.get("LMON_MOTO"):
        return None
    server = subprocess.Popen([os.environ["LMON_MOTO"], "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    for line in server.stderr:
        port = re.search(r"Running on http://127.0.0.1:(\d+)", line)
        if port:
            os.environ["MOTO"] = port.group(1)
            # Nobody reads on: it must not fill the pipe.
            threading.Thread(target=server.stderr.read, daemon=True).start()
            return server
    return None


def installed(module):
    from importlib.util import find_spec

    return find_spec(module) is not None


def main():
    arguments = sys.argv[1:]
    beside = "--beside" in arguments
    arguments = [argument for argument in arguments if argument != "--beside"]
    layout, chosen = arguments[0], arguments[1:2]
    moto = start_moto()
    try:
        failures = attempt_all(layout, beside, chosen, arguments[2:])
    finally:
        if moto is not None:
            moto.kill()
            moto.wait()
    sys.exit(1 if failures else 0)


def attempt_all(layout, beside, chosen, cases):
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(layout, folder)
        for client, module in CLIENTS.items():
            if chosen and client not in chosen:
                continue
            if not installed(module) or (client == "boto3" and "MOTO" not in os.environ):
                print("skipped: %s: not installed%s" % (client, "" if client != "boto3" else ", or moto is not"))
                continue
            for order, prelude, is_late in preludes(module) if beside else [("alone", "", False)]:
                for failure in rig.attempt(client, cases or list(BESIDE if beside else ()), prelude, is_late):
                    failures += 1
                    print("%s, %s: %s" % (client, order, failure))
    return failures


main()
