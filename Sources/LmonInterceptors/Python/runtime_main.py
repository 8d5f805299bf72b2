# A Lambda runtime client for Python, started as `python runtime.py` with the variables that Lambda sets.
import os
import sys

_here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, _here)
import _lmon.runtime  # noqa: E402

# The function's folder is the first to be looked into, and this one is not looked into at all.
sys.path[:] = [os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd()] + [entry for entry in sys.path if entry != _here]
_lmon.runtime.run()
