"""The interceptor with nobody to talk to, and how it is loaded: the program must run as without it, and end as soon.

python alone.py LAYOUT [EXEC-WRAPPER]: one line for each failure, exit status 1 if there was one."""

import os
import shutil
import subprocess
import sys
import tempfile

import servers

layout, wrapper = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
failures = []
CALLS = """
import sys, threading, urllib.request
def call(n):
    return [urllib.request.urlopen('http://127.0.0.1:%s/ok' % sys.argv[1], timeout=5).read() for _ in range(n)][-1]
threads = [threading.Thread(target=call, args=(10,)) for _ in range(4)]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
print(call(10))
"""
FORKS = """
import os, sys, urllib.request
call = lambda: print(urllib.request.urlopen('http://127.0.0.1:%s/ok' % sys.argv[1], timeout=5).status, flush=True)
call()
if os.fork() == 0:
    call()
    sys.exit(0)
os.wait()
call()
"""
SIGNALS = """
import signal, sys, urllib.request
seen = []
def call(*_): return urllib.request.urlopen('http://127.0.0.1:%s/ok' % sys.argv[1], timeout=5).read()
def interrupt(*_):
    signal.setitimer(signal.ITIMER_REAL, 0)
    seen.append(call())
    if len(seen) < 40: signal.setitimer(signal.ITIMER_REAL, 0.0007)
signal.signal(signal.SIGALRM, interrupt)
# Who starts us may have blocked it.
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGALRM])
interrupt()
while len(seen) < 40: call()
print(len(seen))
"""
#: Neither may be asked for what it has not.
ODD = """
import http.client, sys
class Connection(http.client.HTTPConnection):
    def __getattr__(self, name): return getattr(self.inner, name)
class Response(http.client.HTTPResponse):
    def __getattr__(self, name): raise AttributeError(name) if 'IOBase' in name else RuntimeError(name)
connection = Connection('127.0.0.1', int(sys.argv[1]))
connection.response_class = Response
for _ in range(2):
    connection.request('GET', '/ok')
    print(connection.getresponse().read())
connection.close()
"""
#: To redact their bodies takes long.
COSTLY = """
import json, sys, urllib.request
body = json.dumps([{'password': 'hunter2%d' % i, 'i': i} for i in range(4000)]).encode()
for _ in range(60):
    urllib.request.urlopen('http://127.0.0.1:%s/upload' % sys.argv[1], body, timeout=5).read()
print('done')
"""
#: Calls of an invocation, one upon the other, and then no end of any kind.
KILLED = """
import os, signal, sys, urllib.request
sys.modules['_lmon'].invocation.set('one')
for _ in range(20):
    urllib.request.urlopen('http://127.0.0.1:%s/ok' % sys.argv[1], timeout=5).read()
os.kill(os.getpid(), signal.SIGKILL)
"""


def run(code, port, settings, program=(), executable=sys.executable):
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LMON", "PYTHON"))}
    env.update(settings, PYTHONDONTWRITEBYTECODE="1")
    ran = subprocess.run(list(program) + [executable, "-c", code, str(port)], env=env, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, timeout=60)
    return ran.returncode, ran.stdout.decode()


def hang(connection):
    connection.recv(1)
    while connection.recv(1 << 20):
        pass


def deaf(connection):
    """Takes nothing: what is sent fills the buffers."""
    import threading

    threading.Event().wait(30)


def situations(port):
    here = {"PYTHONPATH": layout, "LMON_CAPTURE": "all", "LMON_BUDGET_MS": "1000"}
    yield "refused", {**here, "LMON_ADDRESS": "127.0.0.1:1"}, None
    yield "no such name", {**here, "LMON_ADDRESS": "sandbox:1"}, None
    yield "nonsense", {**here, "LMON_ADDRESS": "nonsense"}, None
    yield "never answers", {**here, "LMON_ADDRESS": "127.0.0.1:%d" % servers.serve(hang)}, None
    yield "never reads", {**here, "LMON_ADDRESS": "127.0.0.1:%d" % servers.serve(deaf)}, None
    yield "closes at once", {**here, "LMON_ADDRESS": "127.0.0.1:%d" % servers.serve(lambda connection: None)}, None
    garbage = servers.Ingest(b"HTTP/1.1 500 No\r\n\r\nHTTP/1.1")
    yield "answers nonsense", {**here, "LMON_ADDRESS": "127.0.0.1:%d" % garbage.port}, None
    for name, settings, expected in [
        ("off", {"LMON": "off"}, lambda types: types == []),
        ("off in capitals", {"LMON": "OFF"}, lambda types: types == []),
        ("off with blanks", {"LMON": " off\t"}, lambda types: types == []),
        ("on in capitals", {"LMON": " ON"}, lambda types: types.count("http.end") == 50),
        ("an ignored host", {"LMON_IGNORE_HOSTS": "127.0.0.1"}, lambda types: types == ["lmon.interceptor"]),
        ("all", {}, lambda types: types.count("lmon.interceptor") == 1 and types.count("http.end") == 50),
        ("loaded twice", {"PYTHONPATH": layout + os.pathsep + layout}, lambda types: types.count("lmon.interceptor") == 1),
        ("wrong values", {"LMON_CAPTURE": "x", "LMON_BODY_LIMIT": "-1", "LMON_BUDGET_MS": "much", "LMON": "yes"},
         lambda types: types.count("http.end") == 50),
    ]:
        sink = servers.Ingest()
        yield name, {**here, "LMON_ADDRESS": "127.0.0.1:%d" % sink.port, **settings}, (sink, expected)


def harmless(name, code):
    port = servers.Upstream().port
    bare = run(code, port, {})
    for situation, settings, check in situations(port):
        watched = run(code, port, settings)
        if watched != bare:
            failures.append("%s, %s: %r, not %r" % (situation, name, watched, bare))
        if check is not None and name == "calls":
            sink, expected = check
            types = [record["type"] for record in sink.settled()]
            if not expected(types) or sink.faults:
                failures.append("%s: told %d records: %s %s" % (situation, len(types), types[:6], sink.faults[:1]))
            if situation == "wrong values" and len(sink.records[0]["record"].get("problems", [])) != 4:
                failures.append("wrong values: %s" % sink.records[0])


def odd():
    sink, port = servers.Ingest(), servers.Upstream().port
    bare = run(ODD, port, {})
    watched = run(ODD, port, {"PYTHONPATH": layout, "LMON_ADDRESS": "127.0.0.1:%d" % sink.port})
    ends = [record for record in sink.until(2, "http.end") if record["type"] == "http.end"]
    if watched != bare or bare[0] != 0 or len(ends) != 2:
        failures.append("odd: %r, not %r; %d ends" % (watched, bare, len(ends)))


def forks():
    sink = servers.Ingest()
    port = servers.Upstream().port
    result = run(FORKS, port, {"PYTHONPATH": layout, "LMON_ADDRESS": "127.0.0.1:%d" % sink.port, "LMON_BUDGET_MS": "1000"})
    ends = [record["record"]["callId"] for record in sink.until(3, "http.end") if record["type"] == "http.end"]
    if result != (0, "200\n200\n200\n") or len(set(ends)) != 3 or len({end.split("-")[0] for end in ends}) != 2:
        failures.append("fork: %r, %s" % (result, ends))


def budgets():
    for budget, stands_down in (("1", True), ("10000", False)):
        sink = servers.Ingest()
        result = run(COSTLY, servers.Upstream().port, {
            "PYTHONPATH": layout, "LMON_ADDRESS": "127.0.0.1:%d" % sink.port, "LMON_CAPTURE": "all", "LMON_BODY_LIMIT": "262144",
            "LMON_BUDGET_MS": budget})
        records = sink.settled()
        reasons = [record["record"]["standDown"].split(":")[0] for record in records if "standDown" in record["record"]]
        is_watched_on = sum(record["type"] == "http.request" for record in records) == 60
        if (result, reasons, is_watched_on) != ((0, "done\n"), ["its time budget is used up"] * stands_down, not stands_down):
            failures.append("a budget of %s: %s, %s, %s" % (budget, result, reasons, is_watched_on))


def killed():
    """What ended is told, however the process ends: the kernel has it."""
    sink = servers.Ingest()
    result = run(KILLED, servers.Upstream().port, {
        "PYTHONPATH": layout, "LMON_ADDRESS": "127.0.0.1:%d" % sink.port, "LMON_BUDGET_MS": "1000"})
    ends = [record for record in sink.until(20, "http.end") if record["type"] == "http.end"]
    if result[0] != -9 or len(ends) != 20:
        failures.append("killed: %r, %d of 20 told" % (result, len(ends)))


def chained(folder):
    """A sitecustomize further down is found, and what it raises is said as without us."""
    show = "import sys; print(sys.path[1:3], getattr(sys.modules.get('sitecustomize'), 'own', None))"
    for name, text in (("fine", "own = 1\n"), ("fails", "raise ValueError('own')\n"), ("lacks", "import surely_not_there\n")):
        place = os.path.join(folder, name)
        os.mkdir(place)
        with open(os.path.join(place, "sitecustomize.py"), "w") as file:
            file.write(text)
        bare = run(show, 0, {"PYTHONPATH": place})
        watched = run(show, 0, {"PYTHONPATH": layout + os.pathsep + place})
        if bare != watched:
            failures.append("sitecustomize that %s: %r, not %r" % (name, watched, bare))


def wrapped(folder):
    """The wrapper adds, and hands on."""
    show = "import os, sys; print(sys.argv[1:], '_lmon.interceptor' in sys.modules, os.environ.get('PYTHONPATH'), os.environ.get('NODE_OPTIONS'))"
    place = os.path.dirname(wrapper)
    other = os.path.join(folder, "other wrapper")
    with open(other, "w") as file:
        file.write('#!/bin/sh\necho "other $LMON_EXEC_WRAPPER"\nexec "$@"\n')
    os.chmod(other, 0o755)
    python = {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.12"}
    node = '--require "%s/interceptor.cjs"' % place.replace('"', '\\"')
    # Lambda's is bash; a layer may be used where sh is another.
    for shell in ("sh", "dash", "bash"):
        if shutil.which(shell):
            result = run(show, 0, {"LMON_ADDRESS": "127.0.0.1:1", **python, "PYTHONPATH": "/a b"}, [shell, wrapper])
            if result != (0, "['0'] True %s/python:/a b None\n" % place):
                failures.append("wrapper under %s: %r" % (shell, result))
            result = run(show, 0, {**python, "LMON": "\t Off "}, [shell, wrapper])
            if result != (0, "['0'] False None None\n"):
                failures.append("wrapper under %s, off: %r" % (shell, result))
    for settings, expected in [
        (python, "['0'] True %s/python:/var/runtime None\n" % place),
        ({**python, "PYTHONPATH": "/a b"}, "['0'] True %s/python:/a b None\n" % place),
        ({"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x", "NODE_OPTIONS": "--no-warnings"},
         "['0'] False None --no-warnings %s\n" % node),
        *[({**python, "LMON": word}, "['0'] False None None\n") for word in ("off", "OFF", " off ", "\tOff\n")],
        *[({**python, "LMON": word}, "['0'] True %s/python:/var/runtime None\n" % place) for word in ("ON", "offf", "o f f", " ")],
        ({**python, "LMON_EXEC_WRAPPER": other}, "other \n['0'] True %s/python:/var/runtime None\n" % place),
        ({**python, "LMON_EXEC_WRAPPER": "/nope"}, "lmon: LMON_EXEC_WRAPPER=/nope is no program; going on without it\n"
         "['0'] True %s/python:/var/runtime None\n" % place),
    ]:
        result = run(show, 0, {"LMON_ADDRESS": "127.0.0.1:1", **settings}, [wrapper])
        if result != (0, expected):
            failures.append("wrapper, %s: %r, not %r" % (settings, result[1], expected))


def main():
    harmless("calls", CALLS)
    harmless("signals", SIGNALS)
    odd()
    forks()
    budgets()
    killed()
    with tempfile.TemporaryDirectory() as folder:
        chained(folder)
        if wrapper is not None:
            wrapped(folder)
    print("".join(failure + "\n" for failure in failures), end="")
    sys.exit(1 if failures else 0)


main()
