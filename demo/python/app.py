"""What it costs to ship an order, by Python: two calls one after the other, two at once, and one that may fail.

The shop's other services answer at UPSTREAM_URL; `./demo/run` starts them, and so does `node demo/upstream/server.mjs 9100`.
"""

import json
import os
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

UPSTREAM = os.environ.get("UPSTREAM_URL", "http://127.0.0.1:9100")


def call(path, body=None):
    headers = {"content-type": "application/json", "authorization": "Bearer not-for-your-eyes"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(UPSTREAM + path, data, headers), timeout=2) as answer:
        return json.load(answer)


def handler(event, context):
    order = event.get("order", 1)
    settings = call("/settings")
    items = call("/items?order=%d" % order)
    with ThreadPoolExecutor() as pool:
        user, risk = pool.map(call, ["/users/7", "/risk"])
    parcel = {"order": order, "weight": sum(item["price"] for item in items) // 100}
    try:
        call("/parcels" if event.get("fail") else "/orders", parcel)
    except urllib.error.HTTPError as error:
        print("no parcel for order %d: %s" % (order, error))
        raise
    print("order %d of %s is on its way, at %s risk" % (order, user["name"], risk["risk"]))
    return {"order": order, "items": len(items), "currency": settings["currency"]}
