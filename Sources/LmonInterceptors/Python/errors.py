"""What an exception says of a call that it ended."""

import errno

from .bodies import SLACK


def outcome(call, error):
    """`(outcome, error, phase)`: whose doing it was, and what was being done."""
    chain = chain_of(error)
    names = {base.__name__ for one in chain for base in type(one).__mro__}
    if any(isinstance(one, TimeoutError) or _is_timeout(type(one).__name__) for one in chain):
        return "error", error, "timeout"
    if not isinstance(error, Exception) or "CancelledError" in names:
        return "aborted", error, None
    return "error", error, _phase(call, names)


def _phase(call, names):
    if names & {"gaierror", "ClientConnectorDNSError"}:
        return "dns"
    if names & {"SSLError", "CertificateError", "ClientSSLError"}:
        return "tls"
    if not call.is_connected:
        return "connect"
    if not call.is_secured:
        return "tls"
    return "receive" if call.is_sent or call.status else "send"


def _is_timeout(name):
    return name == "timeout" or name.endswith(("Timeout", "TimeoutError"))


def chain_of(error):
    """The error and what caused it, outermost first. What was being handled when it came about is another matter, but
    for httpcore and older urllib3, which keep their causes there."""
    found = []
    while error is not None and len(found) < 8:
        found.append(error)
        is_kept = type(error).__module__.startswith(("httpcore", "urllib3"))
        error = error.__cause__ or (error.__context__ if is_kept else None)
    return found


def explained(error):
    from .redaction import redact_url

    try:
        message = str(error)
    except Exception:
        # It cannot be read.
        message = ""
    # Redacted before it is cut: of what is cut in two no part is known.
    return {"code": _code(error), "message": redact_url((message or type(error).__name__)[:1024 + SLACK])[:1024]}


def _code(error):
    """The system's name of what went wrong, where it has one; else that of the exception."""
    for one in reversed(chain_of(error)):
        number = getattr(one, "errno", None)
        reason = getattr(one, "reason", None)
        if isinstance(one, OSError) and isinstance(reason, str) and hasattr(one, "library"):
            return reason
        if isinstance(one, OSError) and isinstance(number, int):
            if type(one).__name__ == "gaierror":
                import socket

                for name in dir(socket):
                    if name.startswith("EAI_") and getattr(socket, name) == number:
                        return name
            elif number in errno.errorcode:
                return errno.errorcode[number]
    return type(error).__name__
