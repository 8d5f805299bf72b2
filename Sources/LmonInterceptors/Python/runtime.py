"""Takes invocations from the Runtime API and runs the handler, as Lambda's Python runtimes do. Errors have Lambda's names
and texts; what only concerns Lambda's own updates is not said."""

import importlib
import io
import os
import sys
import traceback

from . import invocation, runtime_log
from .runtime_api import RuntimeAPI
from .runtime_context import Context
from .runtime_json import decode, encode, type_and_body

HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep


class Fault(Exception):
    """An error with Lambda's name for it."""

    def __init__(self, name, message, trace=None):
        self.name = "Runtime." + name
        self.message = message
        self.trace = trace


class _Untold:
    """In place of the interceptor, where it is not loaded."""

    @staticmethod
    def ended(*_):
        pass

    @staticmethod
    def began(invocation_id, *_):
        return invocation.set(invocation_id)

    left = staticmethod(invocation.reset)

    @staticmethod
    def flush():
        pass


def _interceptor():
    told = sys.modules.get("_lmon.invocations")
    return told if told is not None and told.output.transport is not None else _Untold


def run():
    env = os.environ
    _write_at_once()
    api = RuntimeAPI(env["AWS_LAMBDA_RUNTIME_API"])
    log = runtime_log.install(env)
    told = _interceptor()
    try:
        handler = _load(env["_HANDLER"])
    except Fault as fault:
        error = _posted(fault.name, fault.message, fault.trace)
    except Exception as exception:
        error = _described(exception)
    else:
        while True:
            told.flush()
            _serve(api, api.next(), handler, log, told)
    log.error(error)
    told.flush()
    api.post("init/error", encode(error), "application/json", error["errorType"])
    sys.exit(1)


def _write_at_once():
    """A line that waits in a buffer would come after the end of its invocation."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        stream = getattr(sys, name)
        raw = io.FileIO(descriptor, "wb", closefd=False)
        setattr(sys, name, io.TextIOWrapper(raw, stream.encoding, stream.errors, "\n", write_through=True))


def _load(name):
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        raise Fault("MalformedHandlerName", "Bad handler '%s': not enough values to unpack (expected 2, got 1)" % name)
    try:
        if module_name.split(".")[0] in sys.builtin_module_names:
            raise Fault("BuiltInModuleConflict",
                        "Cannot use built-in module %s as a handler module" % module_name)
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        _explain(error)
        raise Fault("ImportModuleError", "Unable to import module '%s': %s" % (module_name, error))
    except SyntaxError as error:
        place = '  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)
        raise Fault("UserCodeSyntaxError", "Syntax error in module '%s': %s" % (module_name, error), [place])
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise Fault("HandlerNotFound", "Handler '%s' missing on module '%s'" % (function_name, module_name))


def _serve(api, event, handler, log, told):
    headers = event.headers
    request_id = headers.get("lambda-runtime-aws-request-id")
    log.set_invocation(request_id, headers.get("lambda-runtime-aws-tenant-id"))
    trace = headers.get("lambda-runtime-trace-id")
    if trace is None:
        os.environ.pop("_X_AMZN_TRACE_ID", None)
    else:
        os.environ["_X_AMZN_TRACE_ID"] = trace
    content_type = headers.get("content-type")
    token = told.began(request_id, event.body, content_type, headers.get("lambda-runtime-deadline-ms"),
                       headers.get("lambda-runtime-invoked-function-arn"))
    error = None
    try:
        context = Context(request_id, headers, os.environ)
        response = handler(_event(event.body, content_type), context)
        try:
            content_type, body = type_and_body(response)
        except Exception as exception:
            raise Fault("MarshalError", "Unable to marshal response: %s" % exception)
    except Fault as fault:
        error = _posted(fault.name, fault.message, fault.trace, request_id)
    except Exception as exception:
        _explain(exception)
        error = _described(exception, request_id)
    path = "invocation/%s/" % request_id
    echo = headers.get("lambda-runtime-invocation-id")
    if error is None:
        told.ended(request_id, True, body, content_type)
        status = api.post(path + "response", body, content_type, None, echo)
    else:
        log.error(error)
        body = encode(error)
        told.ended(request_id, False, body)
        status = api.post(path + "error", body, "application/json", error["errorType"], echo)
    told.left(token)
    if status // 100 != 2 and status != 410:
        raise RuntimeError("Failed to post invocation %s" % ("response" if error is None else "error"))


def _explain(error):
    """What Lambda has and this machine need not have."""
    missing = (error.name or "").split(".")[0] if isinstance(error, ModuleNotFoundError) else None
    if missing in ("boto3", "botocore"):
        print("lmon: %s is there on Lambda, but not for %s here; install it: %s -m pip install boto3" % (
            missing, sys.executable, sys.executable), file=sys.stderr)


def _event(body, content_type):
    if content_type != "application/json":
        return body
    try:
        return decode(body)
    except Exception as error:
        raise Fault("UnmarshalError", "Unable to unmarshal input: %s" % error)


def _posted(name, message, trace, request_id=None):
    return {"errorMessage": message or "", "errorType": name, "requestId": request_id or "", "stackTrace": trace or []}


def _described(exception, request_id=None):
    """What stands before the function's first frame, and the interceptor's frames, are no part of the function."""
    frames = [frame for frame in traceback.extract_tb(exception.__traceback__) if not frame.filename.startswith(HERE)]
    plain = [(frame.filename, frame.lineno, frame.name, frame.line) for frame in frames]
    return _posted(type(exception).__name__, str(exception), traceback.format_list(plain), request_id)
