"""lmon's runtime client against Lambda's own, case by case: what they post, log and exit with must be equal.

python runtime_cases.py LAYOUT [awslambdaric]: one line for each difference, exit status 1 if there was one. Without
awslambdaric only lmon's is run, and must do what is written here of some cases."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading

WARNING = re.compile(r"\[WARNING\][^\n]*LAMBDA_WARNING[^\n]*\n|\{[^\n]*LAMBDA_WARNING[^\n]*\n")

MODULES = {
    "app.py": '''
import collections, datetime, decimal, enum, json, logging, math, os, sys, time
Point = collections.namedtuple("Point", "x y")
class Color(enum.IntEnum):
    RED = 1
def echo(event, context): return event
def members(event, context):
    left = context.get_remaining_time_in_millis()
    return {"repr": repr(context), "in time": 0 < left <= 30000, "client": repr(context.client_context),
        "identity": repr(context.identity),
        "trace": os.environ.get("_X_AMZN_TRACE_ID"), "tenant": context.tenant_id}
def values(event, context):
    return {"decimal": decimal.Decimal("1.10"), "nan": decimal.Decimal("NaN"), "big": 10**30, "bytes": b"text",
        "point": Point(1, 2), "tuple": (1, 2), 3: 4, None: 5, True: 6, 1.5: 7, "inf": math.inf, "enum": Color.RED,
        "text": "\\u00e9\\u4e2d\\ud83d\\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "ctl": "\\x01\\n"}
def plain(event, context): return {"a": [1, 2.5, None, True, "\\u00e9"], "nan": math.nan}
def raw(event, context): return b"\\x00\\xffbytes"
def nothing(event, context): pass
def one_set(event, context): return {"a": {1}}
def date(event, context): return datetime.datetime(2026, 1, 1)
def cycle(event, context):
    a = []; a.append(a); return a
def bad_key(event, context): return {(1, 2): 3}
def bad_bytes(event, context): return {"a": b"\\xff"}
def deep():
    raise ValueError("no \\u00e9\\nsecond line")
def fails(event, context): deep()
def custom(event, context):
    class Own(Exception): pass
    raise Own()
def chained(event, context):
    try: deep()
    except ValueError as e: raise RuntimeError("outer") from e
def key(event, context): return event["missing"]
def logs(event, context):
    print("printed"); print("two\\nlines")
    log = logging.getLogger("own"); log.setLevel("DEBUG")
    log.debug("debug %s", 1); log.info("info"); log.warning({"a": 1}); log.error("x", extra={"more": [1]})
    logging.getLogger().critical("crit\\nnext")
    try: 1 / 0
    except ZeroDivisionError: log.exception("caught")
    context.log("from context\\n")
    return logging.getLogger().level
def exits(event, context): sys.exit(3)
def exits_well(event, context): sys.exit()
def hard(event, context): os._exit(4)
def interrupted(event, context): raise KeyboardInterrupt()
def stderr(event, context): sys.stderr.write("to stderr"); return [sys.path[0] == os.environ["LAMBDA_TASK_ROOT"], __name__]
async def coroutine(event, context): return 1
class Callable:
    def __call__(self, event, context): return "called"
instance = Callable()
''',
    "syntax.py": "def handler(event, context):\n    return (\n",
    "missing.py": "import surely_not_there\n",
    "raises.py": "def f():\n    raise KeyError('at import')\nf()\n",
    "leaves.py": "import sys\nsys.exit(5)\n",
    "sub/inner.py": "from . import beside\ndef handler(event, context): return beside.value\n",
    "sub/beside.py": "value = 7\n",
    "dotted/__init__.py": "", "dotted/mod.py": "def handler(event, context): return __name__\n",
    "importerror.py": "raise ImportError('own text')\n",
}
ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"
CLIENT = json.dumps({"client": {"installation_id": "i", "app_title": "t"}, "custom": {"a": 1}, "env": {"b": 2},
                     "w3c": {"traceparent": "00-1", "other": 1}})
# Handler, events (each a body, or a body with headers), variables.
CASES = {
    "echo": ("app.echo", [b'{"a":[1,2.5,null,"\\u00e9"]}', '"\u00e9"'.encode(), b"12345678901234567890", b"null"], {}),
    # Of an event that is JSON no more can go wrong; texts about others differ, since Lambda's uses simplejson.
    "not JSON": ("app.echo", [b""], {}),
    "another content type": ("app.nothing", [(b"text", {"Content-Type": "text/plain"})], {}),
    "members": ("app.members", [b"{}", (b"{}", {
        "Lambda-Runtime-Client-Context": CLIENT, "Lambda-Runtime-Aws-Tenant-Id": "t1",
        "Lambda-Runtime-Cognito-Identity": '{"cognitoIdentityId":"a","cognitoIdentityPoolId":"b"}',
        "Lambda-Runtime-Trace-Id": "Root=1-2-3"}), b"{}", (b"{}", {"Lambda-Runtime-Client-Context": "{no"})], {}),
    "the nonce": ("app.echo", [(b"1", {"Lambda-Runtime-Invocation-Id": "n-1"}), b"2"], {}),
    "values": ("app.values", [b"{}"], {}), "plain": ("app.plain", [b"{}"], {}),
    "values since 3.12": ("app.values", [b"{}"], {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.12"}),
    "logs": ("app.logs", [b"{}", b"{}"], {}),
    "logs as JSON": ("app.logs", [b"{}"], {"AWS_LAMBDA_LOG_FORMAT": "JSON"}),
    "logs as JSON from INFO": ("app.logs", [b"{}"], {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "INFO"}),
    "logs from TRACE": ("app.logs", [b"{}"], {"AWS_LAMBDA_LOG_LEVEL": "TRACE"}),
    "fails, as JSON": ("app.fails", [b"{}"], {"AWS_LAMBDA_LOG_FORMAT": "JSON"}),
    "no such module": ("absent.handler", [], {}), "no such function": ("app.absent", [], {}),
    "no dot": ("app", [], {}), "built in": ("sys.exit", [], {}), "syntax": ("syntax.handler", [], {}),
    "import fails": ("missing.handler", [], {}), "raises at import": ("raises.handler", [], {}),
    "leaves at import": ("leaves.handler", [], {}), "import error": ("importerror.handler", [], {}),
    "slash": ("sub/inner.handler", [b"{}"], {}), "dotted": ("dotted.mod.handler", [b"{}"], {}),
}
for _name in ("raw", "nothing", "one_set", "date", "cycle", "bad_key", "bad_bytes", "fails", "custom", "chained", "key",
              "exits", "exits_well", "hard", "interrupted", "stderr", "coroutine", "instance"):
    CASES[_name] = ("app." + _name, [b"{}", b"{}"], {})


class API:
    """Hands out the events; `done` once the client asks for one more."""

    def __init__(self, events):
        self.events = list(events)
        self.posts = []
        self.done = threading.Event()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.server.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        file = connection.makefile("rb")
        try:
            while True:
                line = file.readline().split()
                if not line:
                    return
                headers = {}
                for header in iter(file.readline, b"\r\n"):
                    name, _, value = header.decode("latin-1").partition(":")
                    headers[name.lower()] = value.strip()
                self.one(connection, line[1].decode(), headers, file.read(int(headers.get("content-length", 0))))
        except OSError:
            pass

    def one(self, connection, path, headers, body):
        if not path.endswith("/next"):
            known = ("lambda-runtime-invocation-id", "content-type")
            self.posts.append((path, {name: headers.get(name) for name in known}, body))
            connection.sendall(b'HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n')
            return
        if not self.events:
            self.done.set()
            return
        event = self.events.pop(0)
        body, more = event if isinstance(event, tuple) else (event, {})
        deadline = str(int(__import__("time").time() * 1000) + 30000)
        sent = {"Lambda-Runtime-Aws-Request-Id": "id-%d" % len(self.posts), "Lambda-Runtime-Deadline-Ms": deadline,
                "Lambda-Runtime-Invoked-Function-Arn": ARN, "Content-Type": "application/json", **more}
        head = "".join("%s: %s\r\n" % pair for pair in sent.items())
        connection.sendall(("HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n" % (head, len(body))).encode() + body)


def run(client, folder, handler, events, variables, with_frames, layout=None):
    api = API(events)
    env = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
    env.update(AWS_LAMBDA_RUNTIME_API=api.address, _HANDLER=handler, LAMBDA_TASK_ROOT=folder, LANG="C.UTF-8",
               AWS_LAMBDA_FUNCTION_NAME="f", AWS_LAMBDA_FUNCTION_VERSION="1", AWS_LAMBDA_FUNCTION_MEMORY_SIZE="128",
               AWS_LAMBDA_LOG_GROUP_NAME="/g", AWS_LAMBDA_LOG_STREAM_NAME="s", PYTHONDONTWRITEBYTECODE="1", **variables)
    if layout is not None:
        env["PYTHONPATH"] = layout
    read, write = os.pipe() if with_frames else (None, None)
    if with_frames:
        env["_LAMBDA_TELEMETRY_LOG_FD"] = str(write)
    process = subprocess.Popen([sys.executable] + client + ([handler] if client[0] == "-m" else []), cwd=folder, env=env,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=[write] if with_frames else [])
    if with_frames:
        os.close(write)
    watcher = threading.Thread(target=lambda: api.done.wait(60) and process.send_signal(signal.SIGKILL), daemon=True)
    watcher.start()
    output, errors = process.communicate(timeout=60)
    api.done.set()
    api.server.close()
    frames = b""
    if with_frames:
        with os.fdopen(read, "rb") as file:
            frames = file.read()
    return {"status": process.returncode, "posts": [told(*post) for post in api.posts], "output": logged(output),
            "errors": errors.decode() if process.returncode == -9 and "never awaited" not in errors.decode() else "", "frames": framed(frames)}


def told(path, headers, body):
    kind = path.rsplit("/", 2)[-2:] if "init" in path else path.rsplit("/", 1)[-1:]
    try:
        value = json.loads(body)
    except ValueError:
        value = body.decode("latin-1")
    if kind[-1] == "error":
        headers = {name: value for name, value in headers.items() if name != "content-type"}
    return kind, headers, repr(value)


def logged(output):
    text = WARNING.sub("", output.decode("utf-8", "replace"))
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME", text)
    # One order of members is as good as another.
    return [repr(sorted(json.loads(line).items())) if line[:1] == "{" else line for line in text.split("\n")]


def framed(data):
    frames = []
    while data:
        length = int.from_bytes(data[4:8], "big")
        lines = logged(data[16:16 + length])
        if lines != [""]:
            frames.append((data[:4].hex(), lines))
        data = data[16 + length:]
    return frames


def main():
    layout = sys.argv[1]
    has_official = "awslambdaric" in sys.argv[2:]
    own = [os.path.join(layout, "runtime.py")]
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        for name, text in MODULES.items():
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        for number, (name, (handler, events, variables)) in enumerate(CASES.items()):
            with_frames = number % 2 == 0 or "log" in name
            ours = run(own, folder, handler, events, variables, with_frames)
            rivals = {"with the interceptor": (own, layout)}
            if has_official:
                rivals["Lambda's"] = (["-m", "awslambdaric"], None)
                rivals["Lambda's with the interceptor"] = (["-m", "awslambdaric"], layout)
            for rival, (client, path) in rivals.items():
                theirs = run(client, folder, handler, events, variables, with_frames, path)
                for part in ours:
                    if ours[part] != theirs[part]:
                        failures += 1
                        print("%s: %s is %r, %s %r" % (name, part, ours[part], rival, theirs[part]))
            if len(ours["posts"]) < len(events) and "exit" not in name and name not in ("hard", "interrupted"):
                failures += 1
                print("%s: only %d answers" % (name, len(ours["posts"])))
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
