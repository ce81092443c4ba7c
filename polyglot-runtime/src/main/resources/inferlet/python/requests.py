"""The calls of `requests` that programs use most, over inferlet.http. They hold the program until the answer is there."""

import json as _json

import _pie as _p
from inferlet.errors import PieTimeoutError, UpstreamError
from inferlet.http import _parsed, _request, Response as _Streamed


class RequestException(OSError):
    def __init__(self, *args, response=None):
        super().__init__(*args)
        self.response = response


class HTTPError(RequestException):
    pass


class ConnectionError(RequestException):
    pass


class Timeout(RequestException):
    pass


class exceptions:
    RequestException = RequestException
    HTTPError = HTTPError
    ConnectionError = ConnectionError
    Timeout = Timeout
    JSONDecodeError = ValueError


class Response:
    def __init__(self, head, content):
        self.status_code = head.status
        self.url = head.url
        self.headers = head.headers
        self.content = content
        self.encoding = "utf-8"

    @property
    def ok(self):
        return self.status_code < 400

    @property
    def text(self):
        return self.content.decode(self.encoding or "utf-8", "replace")

    def json(self):
        return _json.loads(self.text)

    def iter_content(self, chunk_size=65536):
        for start in range(0, len(self.content), chunk_size):
            yield self.content[start : start + chunk_size]

    def iter_lines(self):
        return iter(self.content.splitlines())

    def raise_for_status(self):
        if self.status_code >= 400:
            raise HTTPError(f"{self.status_code} for url: {self.url}", response=self)

    def __bool__(self):
        return self.ok

    def __repr__(self):
        return f"<Response [{self.status_code}]>"


def _shaped(method, url, params=None, data=None, json=None, headers=None, timeout=None, allow_redirects=True, **unused):
    from urllib.parse import urlencode

    if params:
        url = f"{url}{'&' if '?' in url else '?'}{urlencode(params, doseq=True)}"
    headers = dict(headers or {})
    if data is not None and not isinstance(data, (str, bytes, bytearray)):
        data = urlencode(data, doseq=True)
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    return _request(url, method, headers, data, json, 8 if allow_redirects else -1), timeout


def request(method, url, **options):
    arguments, timeout = _shaped(method, url, **options)
    timeout = sum(timeout) if isinstance(timeout, tuple) else timeout
    try:
        head = _Streamed._of(_p.http_fetch_now(*arguments, timeout))
        return Response(head, _p.http_rest_now(head._h, timeout))
    except PieTimeoutError as e:
        raise Timeout(str(e)) from e
    except UpstreamError as e:
        raise ConnectionError(str(e)) from e


async def request_async(method, url, **options):
    from inferlet._loop import call

    arguments, timeout = _shaped(method, url, **options)
    try:
        head = _Streamed._of(await call(_p.http_fetch, *arguments, timeout=timeout))
        return Response(head, await head.bytes(timeout=timeout))
    except PieTimeoutError as e:
        raise Timeout(str(e)) from e
    except UpstreamError as e:
        raise ConnectionError(str(e)) from e


def get(url, **options):
    return request("GET", url, **options)


def post(url, data=None, json=None, **options):
    return request("POST", url, data=data, json=json, **options)


def put(url, data=None, **options):
    return request("PUT", url, data=data, **options)


def patch(url, data=None, **options):
    return request("PATCH", url, data=data, **options)


def delete(url, **options):
    return request("DELETE", url, **options)


def head(url, **options):
    return request("HEAD", url, **options)


async def get_async(url, **options):
    return await request_async("GET", url, **options)


async def post_async(url, data=None, json=None, **options):
    return await request_async("POST", url, data=data, json=json, **options)


async def put_async(url, data=None, **options):
    return await request_async("PUT", url, data=data, **options)


async def delete_async(url, **options):
    return await request_async("DELETE", url, **options)


class Session:
    """Keep headers from request to request."""

    def __init__(self):
        self.headers = {}

    def request(self, method, url, headers=None, **options):
        return request(method, url, headers={**self.headers, **(headers or {})}, **options)

    def get(self, url, **options):
        return self.request("GET", url, **options)

    def post(self, url, data=None, json=None, **options):
        return self.request("POST", url, data=data, json=json, **options)

    def put(self, url, data=None, **options):
        return self.request("PUT", url, data=data, **options)

    def delete(self, url, **options):
        return self.request("DELETE", url, **options)

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()
