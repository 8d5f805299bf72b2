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


def explained(error, headers=None):
    """`headers`: those that were sent, which some libraries quote if they do not like them."""
    from .redaction import redact_text, redact_url

    try:
        message = _without(str(error), headers or ())
    except Exception:
        # It cannot be read.
        message = ""
    # Redacted before it is cut: of what is cut in two no part is known. It may quote a URL, or what the server said.
    message = redact_text(redact_url((message or type(error).__name__)[:1024 + SLACK]))
    return {"code": _code(error), "message": message[:1024]}


def _without(message, headers):
    """The message without what secret headers hold."""
    from .redaction import MARKER, is_secret_header

    for name, value in headers:
        value = value.strip()
        if len(value) > 3 and is_secret_header(name):
            for text in (value, repr(value)[1:-1], repr(value.encode("latin-1", "replace"))[2:-1]):
                message = message.replace(text, MARKER)
    return message


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
