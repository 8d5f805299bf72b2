"""Modules are patched when they have been imported, never by importing them."""

import sys
from functools import wraps
from types import FunctionType

_waiting = {}


class _Finder:
    """Finds nothing itself: looks on while others find a module that is waited for, and patches it when it has run."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name not in _waiting:
            return None
        for finder in sys.meta_path:
            find = None if finder is _Finder else getattr(finder, "find_spec", None)
            spec = find(name, path, target) if find is not None else None
            if spec is not None:
                _watch(name, spec.loader)
                return spec
        return None


def _watch(name, loader):
    """For this one module the loader tells when it is done; then it is as it was."""
    original = getattr(loader, "exec_module", None)
    if original is None:
        return

    def exec_module(module):
        original(module)
        if getattr(module, "__name__", None) == name:
            try:
                del loader.exec_module
            except AttributeError:
                pass
            _patch(name, module)

    try:
        loader.exec_module = exec_module
    except (AttributeError, TypeError):
        pass


def _patch(name, module):
    patch = _waiting.pop(name, None)
    if patch is not None:
        try:
            patch(module)
        except Exception:
            pass  # A version that looks otherwise is not watched.


def when_imported(name, patch):
    """Calls `patch(module)` as soon as there is one, at once if it is there."""
    _waiting[name] = patch
    module = sys.modules.get(name)
    if module is not None:
        _patch(name, module)


def start():
    sys.meta_path.insert(0, _Finder)


def replace(owner, name, make):
    """Puts `make(original)` in the place of a method or a function, with its name, signature and documentation."""
    original = owner.__dict__[name]
    # Wrappers of others may say that they are functions.
    is_plain = type(original) is FunctionType or not isinstance(owner, type)
    setattr(owner, name, wraps(original)(make(original if is_plain else _bound(original))))


def _bound(original):
    """They may know the object only when they have been bound to it."""

    def call(self, *args, **kwargs):
        return original.__get__(self, type(self))(*args, **kwargs)

    return call
