"""Logging as Lambda's Python runtimes set it up: one handler on the root logger, text or JSON, one frame for each message
where there is a descriptor for them."""

import json
import logging
import os
import sys
import time
import traceback

ERROR = logging.ERROR
TIME = "%Y-%m-%dT%H:%M:%S"
NO_BREAK_SPACE = "\u00a0"
#: What a record has of itself, and is not to be told under its own name in JSON.
OWN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "aws_request_id", "tenant_id"}


class Sink:
    """Standard output."""

    def log(self, message, level=None):
        sys.stdout.write(message)

    def error(self, lines):
        self.log("\r".join(lines) + "\n")


class FrameSink(Sink):
    """A frame holds its kind (the text or JSON of which level), length and time, so that a message with line breaks stays
    whole."""

    def __init__(self, descriptor, is_json):
        self.descriptor = descriptor
        self.is_json = is_json

    def log(self, message, level=None):
        data = message.encode("utf-8", "replace")
        kind = (0xA55A0002 if self.is_json and level is not None else 0xA55A0003) + ((level // 10 + 1) * 4 if level else 0)
        frame = memoryview(b"".join((kind.to_bytes(4, "big"), len(data).to_bytes(4, "big"),
                                     (time.time_ns() // 1000).to_bytes(8, "big"), data)))
        while frame:
            frame = frame[os.write(self.descriptor, frame):]

    def error(self, lines):
        self.log("\n".join(lines), ERROR)


class Log:
    """Errors as Lambda prints them, and which invocation it is."""

    def __init__(self, sink, is_json):
        self.sink = sink
        self.is_json = is_json
        self.request_id = self.tenant_id = None

    def set_invocation(self, request_id, tenant_id):
        self.request_id = request_id
        self.tenant_id = tenant_id

    def filter(self, record):
        record.aws_request_id = self.request_id or ""
        record.tenant_id = self.tenant_id
        return True

    def error(self, error):
        if self.is_json:
            line = {"timestamp": time.strftime(TIME + "Z", time.gmtime()), "level": "ERROR"}
            line.update(error)
            self.sink.error([json.dumps(line)])
            return
        title = "[ERROR] " + error["errorType"]
        if error["errorMessage"]:
            title += ": " + error["errorMessage"]
        lines = [title, "Traceback (most recent call last):"]
        for element in error["stackTrace"]:
            lines += [_indented(line) for line in element.splitlines()] or [""]
        self.sink.error(lines)


def _indented(line):
    """Log viewers drop plain spaces."""
    bare = line.lstrip(" ")
    return NO_BREAK_SPACE * (len(line) - len(bare)) + bare


class Handler(logging.Handler):
    def __init__(self, sink, has_levels):
        super().__init__()
        self.log_sink = sink
        self.has_levels = has_levels

    def emit(self, record):
        self.log_sink.log(self.format(record), _tens(record.levelno) if self.has_levels else None)


def _tens(level):
    return min(50, max(0, level)) // 10 * 10


class JSONFormatter(logging.Formatter):
    def format(self, record):
        record.levelno = _tens(record.levelno)
        record.levelname = logging.getLevelName(record.levelno)
        is_object = isinstance(record.msg, dict) and not record.args
        line = {
            "timestamp": time.strftime(TIME + "Z", time.gmtime(record.created)), "level": record.levelname,
            "message": record.msg if is_object else record.getMessage(), "logger": record.name,
        }
        if record.exc_info:
            kind, error, trace = record.exc_info
            line["stackTrace"] = traceback.format_tb(trace)
            line["errorType"] = kind.__name__ if kind is not None else None
            line["errorMessage"] = str(error)
        line["requestId"] = record.aws_request_id
        if record.exc_info:
            line["location"] = "%s:%s:%s" % (record.pathname, record.funcName, record.lineno)
        line["tenantId"] = record.tenant_id
        for name, value in record.__dict__.items():
            if name not in OWN and name not in line:
                line[name] = value
        line = {name: value for name, value in line.items() if value is not None}
        return json.dumps(line, ensure_ascii=False, default=str) + "\n"


def install(env):
    is_json = env.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
    level = env.get("AWS_LAMBDA_LOG_LEVEL", "")
    level = "DEBUG" if level == "TRACE" else level.upper()
    descriptor = env.pop("_LAMBDA_TELEMETRY_LOG_FD", None)
    sink = Sink() if descriptor is None else FrameSink(int(descriptor), is_json)
    log = Log(sink, is_json)
    handler = Handler(sink, is_json or bool(level))
    if is_json:
        handler.setFormatter(JSONFormatter())
    else:
        handler.setFormatter(logging.Formatter(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", TIME))
    logging.Formatter.converter = time.gmtime
    root = logging.getLogger()
    if level in logging._nameToLevel:
        root.setLevel(level)
    handler.addFilter(log)
    root.addHandler(handler)
    return log
