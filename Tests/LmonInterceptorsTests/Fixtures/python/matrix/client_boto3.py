import io

import boto3
from botocore.config import Config

from clients import File, by_threads, case, parts

cases = {}


def client(cell, service="s3", port="http", verify=False, **options):
    settings = dict({"retries": {"max_attempts": 0}, "connect_timeout": 2, "read_timeout": 2}, **options)
    config = Config(s3={"addressing_style": "path"}, **settings)
    scheme = "https" if port == "https" else "http"
    return boto3.client(service, region_name="eu-west-1", endpoint_url="%s://127.0.0.1:%d" % (scheme, cell.ports[port]),
                        aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="x", config=config, verify=verify)


def get(cell, bucket, **options):
    return client(cell, **options).get_object(Bucket=bucket, Key="cell=" + cell.name)


@case(cases)
def success(cell):
    return client(cell).put_object(Bucket="okay", Key="cell=" + cell.name, Body=b'{"token":"hunter2"}')["ResponseMetadata"]["HTTPStatusCode"]


@case(cases)
def status(cell):
    return get(cell, "missing")


@case(cases)
def retries(cell):
    return get(cell, "bad", retries={"total_max_attempts": 2, "mode": "standard"})


@case(cases)
def refused(cell):
    return get(cell, "okay", port="closed")


@case(cases)
def reset(cell):
    body = get(cell, "cut")["Body"]
    body.read(1000)
    cell.go()
    return len(body.read())


@case(cases)
def timeout(cell):
    try:
        return get(cell, "never", read_timeout=0.1)
    finally:
        cell.go()


@case(cases)
def abort(cell):
    body = get(cell, "endless")["Body"]
    first = body.read(5).decode()
    body.close()
    cell.go()
    return first


@case(cases)
def up(cell):
    body = io.BytesIO(b"".join(parts()) * 1000)
    return client(cell).put_object(Bucket="okay", Key="cell=" + cell.name, Body=body)["ResponseMetadata"]["HTTPStatusCode"]


@case(cases)
def down(cell):
    return [part.decode() for part in get(cell, "stream")["Body"].iter_chunks(4)]


@case(cases)
def alive(cell):
    own = client(cell)
    return [own.get_object(Bucket="okay", Key="cell=" + cell.name)["Body"].read().decode() for _ in range(2)]


@case(cases)
def proxy(cell):
    return get(cell, "okay", proxies={"http": cell.proxy})["Body"].read().decode()


@case(cases)
def tunnel(cell):
    return get(cell, "okay", port="https", proxies={"https": cell.proxy})["Body"].read().decode()


@case(cases)
def secure(cell):
    return get(cell, "okay", port="https")["Body"].read().decode()


@case(cases)
def unread(cell):
    return get(cell, "large")["ResponseMetadata"]["HTTPStatusCode"]


@case(cases)
def late(cell):
    """A timeout in the body."""
    try:
        return len(get(cell, "endless", read_timeout=0.3)["Body"].read())
    finally:
        cell.go()


@case(cases)
def redirect(cell):
    return get(cell, "redirect")


@case(cases)
def file(cell):
    body = File(b"z" * 20000)
    return client(cell).put_object(Bucket="okay", Key="cell=" + cell.name, Body=body)["ResponseMetadata"]["HTTPStatusCode"]


@case(cases)
def gzip(cell):
    response = get(cell, "gzip")
    return [response["ContentEncoding"], response["Body"].read().hex()]


@case(cases)
def br(cell):
    response = get(cell, "br")
    return [response["ContentEncoding"], response["Body"].read().hex()]


@case(cases)
def events(cell):
    body = get(cell, "events")["Body"]
    first = body.read(33).decode()
    cell.go()
    return [first, *(line.decode() for line in body.iter_lines())]


@case(cases)
def together(cell):
    own = client(cell, max_pool_connections=5)
    return by_threads(lambda: own.get_object(Bucket="okay", Key="cell=" + cell.name)["Body"].read().decode())


@case(cases)
def expect(cell):
    """botocore asks for leave by itself for a body that is read."""
    body = io.BytesIO(b"go on" * 1000)
    return client(cell).put_object(Bucket="okay", Key="cell=" + cell.name, Body=body)["ResponseMetadata"]["HTTPStatusCode"]


@case(cases)
def unverified(cell):
    return get(cell, "okay", port="https", verify=True)


@case(cases)
def head(cell):
    return client(cell).head_object(Bucket="okay", Key="cell=" + cell.name)["ContentLength"]
