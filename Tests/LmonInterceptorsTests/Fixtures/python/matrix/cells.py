"""Runs every cell of the matrix in one process and prints what the program saw, as JSON. cells.py PORTS [CELL]."""

import asyncio
import gc
import json
import os
import re
import socket
import sys
import warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
warnings.simplefilter("ignore")
ports = json.loads(sys.argv[1])
chosen = sys.argv[2] if len(sys.argv) > 2 else ""

from clients import clients  # noqa: E402


def control(line):
    with socket.create_connection(("127.0.0.1", ports["control"])) as connection:
        connection.sendall(line.encode() + b"\n")
        connection.recv(10)


class Cell:
    """What a client needs to run one case."""

    def __init__(self, client, case):
        self.name = "%s.%s" % (client, case)
        self.ports = ports
        self.proxy = "http://127.0.0.1:%d" % ports["proxy"]

    def url(self, path, port="http"):
        scheme = "https" if port in ("https", "http2") else "http"
        return "%s://127.0.0.1:%d/%s?cell=%s" % (scheme, self.ports[port], path, self.name)

    def go(self):
        control("go " + self.name)

    def here(self):
        control("here " + self.name)


def plain(text):
    text = re.sub(r"0x[0-9a-f]+|scope [0-9a-f]{8,}", "0x", text)
    return re.sub(r"\(read timeout=[0-9.]+\)", "", text)


def told(error):
    """Its type and text, and those of what caused it."""
    links = []
    while error is not None and len(links) < 6:
        links.append("%s: %s" % (type(error).__name__, plain(str(error))))
        error = error.__cause__ or error.__context__
    return links


def run(work, cell):
    try:
        result = work(cell)
        return asyncio.run(result) if asyncio.iscoroutine(result) else result
    except BaseException as error:
        return {"error": told(error)}


def main():
    results = {}
    for client, cases in clients():
        for case, work in cases.items():
            cell = Cell(client, case)
            if cell.name.startswith(chosen):
                results[cell.name] = run(work, cell)
                gc.collect()
    lmon = sys.modules.get("_lmon.calls")
    if lmon is not None:
        results["faults"] = getattr(getattr(lmon, "shared", None), "faults", 0)
    print(json.dumps(results))


main()
