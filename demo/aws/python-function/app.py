"""Asks who it is, by the AWS SDK, and what its address is, without."""

import urllib.request

import boto3

sts = boto3.client("sts")


def handler(event, context):
    identity = sts.get_caller_identity()
    with urllib.request.urlopen("https://checkip.amazonaws.com/?api_key=not-for-your-eyes") as answer:
        address = answer.read().decode().strip()
    print("called from", address)
    if event.get("fail"):
        raise ValueError("asked to fail")
    return {"role": identity["Arn"].rsplit(":", 1)[-1], "address": address}
