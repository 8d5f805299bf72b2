"""An S3 server on a free port of this machine, by moto, with one bucket. Prints its URL, and ends when its input does.

    python bucket.py NAME
"""

import os
import sys
import urllib.request

from moto.server import ThreadedMotoServer


def main(name):
    server = ThreadedMotoServer(ip_address='127.0.0.1', port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f'http://{host}:{port}'
    request = urllib.request.Request(f'{url}/{name}', method='PUT')
    # As any client says who it is; moto takes whatever it is told.
    request.add_header('Authorization', 'AWS4-HMAC-SHA256 Credential=demo/20260101/us-east-1/s3/aws4_request')
    urllib.request.urlopen(request).read()
    print(url, flush=True)
    sys.stdin.read()
    os._exit(0)


main(sys.argv[1])
