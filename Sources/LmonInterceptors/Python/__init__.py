"""lmon inside a Python process. What its parts share is here, so that each can be used without the others."""

from contextvars import ContextVar

#: The request id of the invocation that this context belongs to.
invocation = ContextVar("lmon.invocation", default=None)
