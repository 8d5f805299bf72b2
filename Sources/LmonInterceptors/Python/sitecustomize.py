# Python imports this at its start, since the folder is the first of PYTHONPATH. Any Python may find it here, so it is
# written for all; the interceptor itself is for 3.9 and later.
import os
import sys


def _leave():
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if entry != here]
    return here


def _load(here):
    if sys.version_info < (3, 9) or os.environ.get("LMON", "").strip().lower() == "off":
        return
    sys.path.insert(0, here)
    try:
        import _lmon.interceptor
    finally:
        sys.path.remove(here)
    _lmon.interceptor.install()


try:
    _load(_leave())
except Exception:
    pass  # The program must run as without us.

# The sitecustomize that would have been found without this one, with all that may go wrong in it.
del sys.modules["sitecustomize"]
import sitecustomize  # noqa: E402,F401
