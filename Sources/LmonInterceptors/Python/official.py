"""Lambda's own runtime client, `awslambdaric`. Its way of running an event is watched from outside the handler, so that
no frame of ours stands in the function's stack traces, and everything that fails fails in its own words."""

import os

from .hooks import replace
from .invocations import began, ended, left

HERE = os.path.dirname(__file__) + os.sep


def patch(bootstrap):
    replace(bootstrap, "handle_event_request", _watched)
    replace(bootstrap, "extract_traceback", _without_own_frames)
    client = bootstrap.LambdaRuntimeClient
    for owner in client.__mro__:
        if "post_invocation_result" in owner.__dict__:
            replace(owner, "post_invocation_result", _posted(True))
            replace(owner, "post_invocation_error", _posted(False))
            break


def _watched(original):
    # The arguments' order: client, handler, request id, event, content type, client context, identity, ARN, deadline.
    def handle_event_request(*args, **kwargs):
        token = began(args[2], args[3], args[4], args[8], args[7]) if len(args) > 8 else None
        try:
            return original(*args, **kwargs)
        finally:
            if token is not None:
                left(token)

    return handle_event_request


def _posted(is_success):
    def make(original):
        def post(self, invoke_id, data, content_type="application/json", *args, **kwargs):
            ended(invoke_id, is_success, data, content_type if is_success else "application/json")
            return original(self, invoke_id, data, content_type, *args, **kwargs)

        return post

    return make


def _without_own_frames(original):
    """Of calls that failed in the handler."""

    def extract_traceback(tb):
        frames = original(tb)
        return [frame for frame in frames if not str(frame[0]).startswith(HERE)] or frames

    return extract_traceback
