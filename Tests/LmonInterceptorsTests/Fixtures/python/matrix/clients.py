"""Each client library, and how it does each case; a case is a function of its cell. A library that is not installed is
left out."""

import importlib
import io
from concurrent.futures import ThreadPoolExecutor

SECRET = '{"user":"ada","password":"hunter2"}'
JSON = {"Content-Type": "application/json", "Authorization": "Bearer abc"}
NAMES = ("urllib", "http_client", "requests", "urllib3", "httpx", "httpx_async", "aiohttp", "boto3")


def clients():
    for name in NAMES:
        try:
            module = importlib.import_module("client_" + name)
        except ImportError:
            continue
        yield name, module.cases


def parts():
    for part in (b"one ", b"two ", b"three"):
        yield part


async def async_parts():
    for part in parts():
        yield part


class File(io.BytesIO):
    """A body that is read."""


def case(cases):
    """Adds a function to the cases by its name, without `_`."""

    def add(function):
        cases[function.__name__.strip("_")] = function
        return function

    return add


def by_threads(work):
    """Five at once."""
    with ThreadPoolExecutor(5) as pool:
        return [future.result() for future in [pool.submit(work) for _ in range(5)]]
