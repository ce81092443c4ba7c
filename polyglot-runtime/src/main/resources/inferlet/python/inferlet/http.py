"""Ask other hosts, and answer requests. What may be asked is a permission; private addresses may not, whatever leads to them."""

import _pie as _p

from . import _json
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

    def setdefault(self, name, default=None):
        return dict.setdefault(self, name.lower(), default)


class Request:
    """A request to this program, which its `handle` is called with."""

    __slots__ = ("_h", "method", "path", "query", "headers")

    @classmethod
    def _of(cls, h):
        made = cls.__new__(cls)
        made._h = h
        made.method, made.path, query, *flat = _p.request_info(h)
        made.query = _query(query)
        made.headers = _Headers(flat)
        return made

    async def bytes(self, *, timeout=None):
        return await call(_p.request_rest, self._h, timeout=timeout)

    async def text(self, *, timeout=None):
        return (await self.bytes(timeout=timeout)).decode("utf-8", "replace")

    async def json(self, *, timeout=None):
        text = await self.text(timeout=timeout)
        try:
            return _json.loads(text)
        except ValueError as e:
            from .errors import InvalidArgumentError

            raise InvalidArgumentError(f"the body of this request is not JSON: {e}") from None

    def __aiter__(self):
        return self

    async def __anext__(self):
        chunk = await call(_p.request_piece, self._h)
        if chunk is None:
            raise StopAsyncIteration
        return chunk

    def __repr__(self):
        return f"Request({self.method}, {self.path!r})"


def _query(text):
    """Values by name; of a name that comes several times, the last."""
    if not text:
        return {}
    from urllib.parse import parse_qsl

    return dict(parse_qsl(text, keep_blank_values=True))


class Response(Scope):
    """An answer: of another host, or of this program. Its body is read once, whole or chunk by chunk."""

    __slots__ = ("_h", "_body", "status", "url", "redirected", "headers")

    def __init__(self, body=b"", status=200, headers=None):
        if not isinstance(status, int) or not 200 <= status <= 599:
            from .errors import InvalidArgumentError

            raise InvalidArgumentError(f"http.Response: status must be in 200..599, got {status!r}")
        self._h, self.status, self.url, self.redirected = None, status, "", False
        pairs = headers.items() if hasattr(headers, "items") else headers or ()
        self.headers = _Headers([str(x) for pair in pairs for x in pair])
        self._body, kind = _lowered(body)
        if kind and "content-type" not in self.headers:
            self.headers["content-type"] = kind

    @classmethod
    def _of(cls, h):
        made = cls.__new__(cls)
        made._h, made._body = h, None
        made.status, made.url, made.redirected, *flat = _p.http_info(h)
        made.headers = _Headers(flat)
        return made

    @property
    def ok(self):
        return 200 <= self.status < 300

    async def bytes(self, *, timeout=None):
        if self._h is not None:
            return await call(_p.http_rest, self._h, timeout=timeout)
        return b"".join([chunk async for chunk in self])

    async def text(self, *, timeout=None):
        return (await self.bytes(timeout=timeout)).decode("utf-8", "replace")

    async def json(self, *, timeout=None):
        return _parsed(await self.text(timeout=timeout), self.url)

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self._h is not None:
            chunk = await call(_p.http_next, self._h)
            if chunk is None:
                raise StopAsyncIteration
            return chunk
        while True:
            if hasattr(self._body, "__anext__"):
                chunk = await self._body.__anext__()
            else:
                chunk = next(self._body, None)
                if chunk is None:
                    raise StopAsyncIteration
            chunk = chunk.encode() if isinstance(chunk, str) else bytes(chunk)
            if chunk:
                return chunk

    def close(self):
        if self._h is not None:
            _p.http_close(self._h)

    def __repr__(self):
        return f"Response({self.status}, {self.url!r})"


def _lowered(body):
    """The chunks of a body, and the type that it has if nothing else is said."""
    if body is None:
        return iter(()), None
    if isinstance(body, str):
        return iter((body,)), "text/plain; charset=utf-8"
    if isinstance(body, (bytes, bytearray, memoryview)):
        return iter((bytes(body),)), "application/octet-stream" if body else None
    if hasattr(body, "__aiter__"):
        return body.__aiter__(), "text/plain; charset=utf-8"
    if hasattr(body, "__next__"):
        return body, "text/plain; charset=utf-8"
    return iter((_json.dumps(body, ensure_ascii=False, default=_plain),)), "application/json"


def _plain(value):
    import dataclasses

    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) else str(value)


_SSE_FIELDS = ("event", "id", "retry", "data")


def sse(events, *, status=200, headers=None):
    """An answer of server-sent events: text, dicts with event, data, id and retry, or any JSON value; each is sent at once."""
    made = Response(_framed(events), status, headers)
    made.headers["content-type"] = "text/event-stream; charset=utf-8"
    made.headers.setdefault("cache-control", "no-cache")
    return made


async def _framed(events):
    if hasattr(events, "__aiter__"):
        async for event in events:
            yield _frame(event)
    else:
        for event in events:
            yield _frame(event)


def _frame(event):
    if not (isinstance(event, dict) and event and all(key in _SSE_FIELDS for key in event)):
        event = {"data": event}
    lines = []
    for key in _SSE_FIELDS:
        if key in event:
            value = event[key]
            text = value if isinstance(value, str) else _json.dumps(value, ensure_ascii=False, default=_plain)
            lines += [f"{key}: {line}" for line in text.split("\n")]
    return "\n".join(lines) + "\n\n"


def _parsed(text, url):
    try:
        return _json.loads(text)
    except ValueError as e:
        from .errors import UpstreamError

        raise UpstreamError(f"the answer of {url} is not JSON: {e}", details={"peer": url}) from None


async def fetch(url, *, method="GET", headers=None, body=None, json=None, redirects=_REDIRECTS, timeout=None):
    """Send a request; an answer of any status."""
    return Response._of(await call(_p.http_fetch, *_request(url, method, headers, body, json, redirects), timeout=timeout))


async def get(url, *, headers=None, timeout=None):
    """The body of an answer with a status of 2xx."""
    response = await fetch(url, headers=headers, timeout=timeout)
    if not response.ok:
        raise _failed(response)
    return await response.bytes(timeout=timeout)
