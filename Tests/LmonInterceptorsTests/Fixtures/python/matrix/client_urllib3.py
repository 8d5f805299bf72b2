import urllib3

from clients import SECRET, case

cases = {}


@case(cases)
def success(cell):
    with urllib3.PoolManager() as pool:
        response = pool.request("POST", cell.url("echo"), body=SECRET, headers={"Content-Type": "application/json"})
        return [response.status, response.data.decode()]


@case(cases)
def redirect(cell):
    with urllib3.PoolManager() as pool:
        return pool.request("GET", cell.url("redirect")).data.decode()


@case(cases)
def retries(cell):
    """Each try is a call of its own."""
    with urllib3.PoolManager() as pool:
        retry = urllib3.Retry(2, status_forcelist=[502], raise_on_status=False)
        return pool.request("GET", cell.url("bad"), retries=retry).status


@case(cases)
def down(cell):
    with urllib3.PoolManager() as pool:
        response = pool.request("GET", cell.url("stream"), preload_content=False)
        result = [part.decode() for part in response.stream(3)]
        response.release_conn()
        return result


@case(cases)
def drained(cell):
    with urllib3.PoolManager() as pool:
        response = pool.request("GET", cell.url("gzip"), preload_content=False)
        response.drain_conn()
        return response.status
