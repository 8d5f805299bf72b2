"""Watches every outgoing HTTP call of this process and tells the agent. The program behaves as it would without."""

import os
import sys
import time

_installed = False


def _patched(part, function="patch"):
    """What is imported only when there is something to patch: each file costs a start its share."""

    def patch(module):
        from importlib import import_module

        getattr(import_module("_lmon." + part), function)(module)

    return patch


def install():
    """Once for each process; raises if it cannot, and has then changed nothing."""
    global _installed
    if _installed:
        return
    started = time.perf_counter()
    from . import calls, hooks, invocations
    from .bodies import SLACK
    from .lines import line, rendered
    from .settings import Settings
    from .transport import Transport

    settings = Settings(os.environ)
    shared = calls.shared
    transport = Transport(settings.address, _stood_down, lambda count: line("lmon.dropped", time.time(), None, rendered({
        "count": count, "reason": "interceptor queue", "sink": "interceptor"})))
    shared.capture, shared.limit, shared.budget = settings.capture, settings.limit, settings.budget
    shared.ignored = settings.ignored
    shared.keeps_all = settings.capture in ("all", "bodies")
    shared.is_decided = settings.capture != "errors"
    shared.room = settings.limit + SLACK if settings.limit else 0
    shared.request_room = shared.room or SLACK
    for name in ("send", "hold", "pace", "flush"):
        setattr(shared, name, getattr(transport, name))
    if settings.redact:
        from .redaction import also_redact

        also_redact(settings.redact)

    def about(**rest):
        record = {"language": "python", "version": "%d.%d.%d" % sys.version_info[:3]}
        record.update((name, value) for name, value in rest.items() if value)
        transport.send(line("lmon.interceptor", time.time(), None, rendered(record)))

    def stand_down(reason):
        if shared.active:
            shared.active = False
            about(standDown=reason)

    shared.stand_down = stand_down
    invocations.output.connect(transport, settings.wants_invocations)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=calls.forked)
    shared.active = _installed = True
    hooks.when_imported("http.client", _patched("http_client"))
    hooks.when_imported("urllib3", _patched("http_client", "patch_urllib3"))
    hooks.when_imported("aiohttp", _patched("aiohttp_client"))
    hooks.when_imported("httpcore", _patched("httpcore_client"))
    if os.environ.get("AWS_LAMBDA_RUNTIME_API"):
        hooks.when_imported("awslambdaric.bootstrap", _patched("official"))
    hooks.start()
    about(loadMs=round((time.perf_counter() - started) * 1000, 3), problems=settings.problems, watches=[
        "python:http.client", "python:aiohttp", "python:httpx"])


def _stood_down():
    from .calls import shared

    shared.active = False
