"""The shared vectors of redaction and of AWS's names against the Python side.

python vectors.py LAYOUT: one line for each failure, exit status 1 if there was one.
python vectors.py LAYOUT TEXTS: a JSON list of texts, each redacted as a body of unknown type, as such a list."""

import gzip
import json
import os
import sys
import zlib

FIXTURES = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, sys.argv[1])
from _lmon import aws, bodies, errors, redaction, settings  # noqa: E402

failures = []


def read(name):
    with open(os.path.join(FIXTURES, name), encoding="utf-8") as file:
        return json.load(file)


def redacted(vector, text):
    if vector["kind"] == "url":
        return redaction.redact_url(text)
    if vector["kind"] == "header":
        return redaction.redact_header(vector["type"], text)
    return redaction.redact_text(text, vector.get("type", ""))


def redact_vectors():
    for vector in read("Redaction.json"):
        for text in (vector["input"], vector["output"]):
            if redacted(vector, text) != vector["output"]:
                failures.append("%s: %r" % (vector["name"], redacted(vector, text)))
        for secret in ("hunter2", "my secret"):
            if vector["kind"] == "body" and secret in vector["input"]:
                cuts = [vector["input"][:end] for end in range(len(vector["input"]))]
                failures.extend("cut to %s" % cut for cut in cuts if secret[:4] in redacted(vector, cut))
    redaction.also_redact(["e-mail", "x-tenant"])
    if redaction.redact_text('{"userEmail":"a@b.test","n":1}') != '{"userEmail":"‹redacted›","n":1}':
        failures.append("further names in bodies")
    if redaction.redact_header("X-Tenant", "7") != "‹redacted›":
        failures.append("further names of headers")


def name_vectors():
    algorithms = {"scope": "AWS4-HMAC-SHA256 Credential=AK/20261123/eu-west-1/%s/aws4_request, Signature=x",
                  "scope4a": "AWS4-ECDSA-P256-SHA256 Credential=AK/20261123/%s/aws4_request, Signature=x"}
    for vector in read("AWS.json"):
        headers = [tuple(pair) for pair in vector.get("headers", [])]
        headers += [("Authorization", text % vector[kind]) for kind, text in algorithms.items() if kind in vector]
        told = (None, None, None, False)
        if aws.may_be_aws(vector["url"], headers):
            told = aws.name_call(vector["method"], vector["url"], headers, vector.get("body", ""))
        if (told[0], told[1], told[3]) != (vector.get("service"), vector.get("operation"), vector.get("secret", False)):
            failures.append("%s: %r" % (vector["name"], told))


def variables():
    """As the agent and Node's interceptor read them."""
    standard = {"capture": "headers", "limit": 0, "budget": 20}
    budget = "LMON_BUDGET_MS=%s is not a whole number up to 10000; 20 is used"
    levels = "metadata, headers, errors, bodies, all"
    for env, expected, problems in [
        ({}, {}, []),
        ({"LMON_CAPTURE": "BODIES"}, {"capture": "bodies", "limit": 16384}, []),
        ({"LMON_CAPTURE": "\tMetadata\n"}, {"capture": "metadata"}, []),
        ({"LMON_CAPTURE": " all ", "LMON_BODY_LIMIT": "0"}, {"capture": "all"}, []),
        ({"LMON_CAPTURE": "errors", "LMON_BODY_LIMIT": "100"}, {"capture": "errors", "limit": 100}, []),
        ({"LMON_CAPTURE": "errors", "LMON_BODY_LIMIT": "100.5"}, {"capture": "errors", "limit": 16384},
         ["LMON_BODY_LIMIT=100.5 is not a whole number up to 262144; 16384 is used"]),
        ({"LMON_CAPTURE": "ALLES"}, {}, ["LMON_CAPTURE=ALLES is not one of %s; headers is used" % levels]),
        ({"LMON_BUDGET_MS": "0"}, {}, []), ({"LMON_BUDGET_MS": "10001"}, {}, [budget % "10001"]),
        ({"LMON_BUDGET_MS": "nan"}, {}, [budget % "nan"]), ({"LMON_BUDGET_MS": ""}, {}, []),
        ({"LMON_BUDGET_MS": " 1 "}, {"budget": 1}, []), ({"LMON_BUDGET_MS": "10000"}, {"budget": 10000}, []),
        ({"LMON": " ON "}, {}, []), ({"LMON": " "}, {}, []),
        ({"LMON_ADDRESS": "http://ada:hunter2@host:1"}, {},
         ["LMON_ADDRESS=… is not a host and a port; sandbox:4243 is used"]),
        ({"LMON": "false"}, {}, ["LMON=false is not on or off; on is used"]),
    ]:
        read = settings.Settings(env)
        found = {name: getattr(read, name) for name in standard}
        if (found, read.problems) != ({**standard, **expected}, problems):
            failures.append("%s is read as %s, %s" % (env, found, read.problems))


def others():
    class Unreadable(Exception):
        def __str__(self):
            raise ValueError

    if errors.explained(Unreadable())["message"] != "Unreadable":
        failures.append("an error that cannot be read")
    if "aaa" in errors.explained(Exception("x" * 1010 + " Bearer " + "a" * 40))["message"]:
        failures.append("a credential where a message is cut")
    capture = bodies.Capture()
    capture.room = 100
    capture.add(b"plain")
    encoding = bodies.describe(capture, [("Content-Encoding", "Bearer " + "aB3" * 10)], 100, False)["encoding"]
    if encoding != "‹redacted›":
        failures.append("an encoding that is a credential: %s" % encoding)
    for pack in (gzip.compress, zlib.compress):
        capture = bodies.Capture()
        capture.room = 100
        capture.add(pack(b'{"password":"hunter2"}'))
        told = bodies.describe(capture, [], 100, False)
        if "base64" in told or "text" in told or told.get("redacted") is not True:
            failures.append("what nobody says to be packed is shown: %s" % told)


if len(sys.argv) > 2:
    with open(sys.argv[2], encoding="utf-8") as file:
        print(json.dumps([redaction.redact_text(text) for text in json.load(file)]))
else:
    redact_vectors()
    name_vectors()
    variables()
    others()
    print("".join(failure + "\n" for failure in failures), end="")
    sys.exit(1 if failures else 0)
