"""Ask other hosts. What may be asked is a permission; private addresses may not, whatever leads to them."""

import json as _json

import _pie as _p

from ._loop import call
from ._values import Scope

_REDIRECTS = 8


def _request(url, method="GET", headers=None, body=None, json=None, redirects=_REDIRECTS):
    """The arguments of the host's call."""
    pairs = headers.items() if hasattr(headers, "items") else headers or ()
    flat = [str(x) for pair in pairs for x in pair]
    if json is not None:
        if body is not None:
            raise TypeError("fetch: body and json exclude each other")
        body = _json.dumps(json, ensure_ascii=False)
        flat += ["Content-Type", "application/json"]
    if isinstance(body, str):
        body = body.encode()
    return method, str(url), flat, None if body is None else bytes(body).decode("latin-1"), redirects


def _failed(response):
    from .errors import UpstreamError

    response.close()
    return UpstreamError(
        f"http.get: {response.url} answers with status {response.status}",
        details={"peer": response.url, "status": response.status},
    )


class _Headers(dict):
    """Headers by name, whatever its case; of one that comes several times the values are joined by a comma."""

    def __init__(self, flat):
        for name, value in zip(flat[::2], flat[1::2]):
            self[name] = f"{self[name]}, {value}" if name in self else value

    def __getitem__(self, name):
        return dict.__getitem__(self, name.lower())

    def __setitem__(self, name, value):
        dict.__setitem__(self, name.lower(), value)

    def __contains__(self, name):
        return dict.__contains__(self, name.lower())

    def get(self, name, default=None):
        return dict.get(self, name.lower(), default)


class Response(Scope):
    """An answer: its body is read once, whole or chunk by chunk."""

    __slots__ = ("_h", "status", "url", "redirected", "headers")

    def __init__(self, h):
        self._h = h
        self.status, self.url, self.redirected, *flat = _p.http_info(h)
        self.headers = _Headers(flat)

    @property
    def ok(self):
        return 200 <= self.status < 300

    async def bytes(self, *, timeout=None):
        return await call(_p.http_rest, self._h, timeout=timeout)

    async def text(self, *, timeout=None):
        return (await self.bytes(timeout=timeout)).decode("utf-8", "replace")

    async def json(self, *, timeout=None):
        return _parsed(await self.text(timeout=timeout), self.url)

    def __aiter__(self):
        return self

    async def __anext__(self):
        chunk = await call(_p.http_next, self._h)
        if chunk is None:
            raise StopAsyncIteration
        return chunk

    def close(self):
        _p.http_close(self._h)

    def __repr__(self):
        return f"Response({self.status}, {self.url!r})"


def _parsed(text, url):
    try:
        return _json.loads(text)
    except ValueError as e:
        from .errors import UpstreamError

        raise UpstreamError(f"the answer of {url} is not JSON: {e}", details={"peer": url}) from None


async def fetch(url, *, method="GET", headers=None, body=None, json=None, redirects=_REDIRECTS, timeout=None):
    """Send a request; an answer of any status."""
    return Response(await call(_p.http_fetch, *_request(url, method, headers, body, json, redirects), timeout=timeout))


async def get(url, *, headers=None, timeout=None):
    """The body of an answer with a status of 2xx."""
    response = await fetch(url, headers=headers, timeout=timeout)
    if not response.ok:
        raise _failed(response)
    return await response.bytes(timeout=timeout)
