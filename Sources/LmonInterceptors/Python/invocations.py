"""What is told of invocations themselves: event and result if they are wanted, and the handler's end, upon which the
agent may let the environment freeze. Used by lmon's own runtime client and by what watches Lambda's."""

import time

from . import invocation
from .bodies import SLACK, Capture, describe
from .calls import guarded, shared
from .lines import line, rendered

JSON = "application/json"


class _Output:
    """Connected when the interceptor is installed."""

    transport = None
    #: Whether the agent wants to hear of invocations.
    is_wanted = False
    reported = 0.0

    def connect(self, transport, is_wanted):
        self.transport = transport
        self.is_wanted = is_wanted


output = _Output()


def _tell(kind, invocation_id, record):
    shared.send(line(kind, time.time(), invocation_id, rendered(record)))


def _wants_payloads():
    return output.is_wanted and shared.active and shared.capture == "all"


def _payload(text, content_type):
    """The members of a payload, redacted and cut like any body."""
    capture = Capture()
    capture.room = shared.limit + SLACK
    capture.add(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
    body = describe(capture, [("content-type", content_type)], shared.limit, False)
    kept = {name: body[name] for name in ("text", "base64", "size") if name in body}
    kept.update((name, True) for name in ("truncated", "redacted") if body.get(name))
    kept["contentType"] = content_type
    return kept


def began(invocation_id, event, content_type, deadline_ms, arn):
    """The invocation's event, as it came; what runs from here on belongs to the invocation. Returns what `left` takes."""
    token = invocation.set(invocation_id)
    _began(invocation_id, event, content_type, deadline_ms, arn)
    return token


def left(token):
    try:
        invocation.reset(token)
    except ValueError:
        pass  # In another context.


@guarded
def _began(invocation_id, event, content_type, deadline_ms, arn):
    if not _wants_payloads():
        return
    record = _payload(event, content_type or JSON)
    if deadline_ms:
        record["deadlineMs"] = int(deadline_ms)
    record["invokedFunctionArn"] = arn
    _tell("invocation.event", invocation_id, record)


@guarded
def ended(invocation_id, is_success, result, content_type=JSON):
    """The handler's end, with its result as it is posted; right before it is."""
    if _wants_payloads():
        record = {"outcome": "response" if is_success else "error"}
        record.update(_payload(result, content_type))
        _tell("invocation.result", invocation_id, record)
    report_overhead(invocation_id)
    if output.is_wanted:
        _tell("handler.end", invocation_id, {"status": "success" if is_success else "error"})
    flush()


def report_overhead(invocation_id):
    spent = shared.spent - output.reported
    if spent > 0 and output.transport is not None:
        output.reported = shared.spent
        _tell("lmon.overhead", invocation_id, {"interceptorMs": round(spent, 3)})


def flush():
    if output.transport is not None:
        output.transport.flush()
