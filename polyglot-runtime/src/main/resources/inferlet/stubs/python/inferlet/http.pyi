"""Ask other hosts, and answer requests. What may be asked is a permission; private addresses may not, whatever leads to them."""

import builtins
from collections.abc import AsyncIterable, Iterable, Mapping
from typing import Any, Self

class Request:
    """A request to this program, which its `handle` is called with: its body is read once, whole or chunk by chunk."""

    @property
    def method(self) -> str:
        """Its method, in capitals."""
    @property
    def path(self) -> str:
        """What comes after the program's own address, with a slash in front."""
    @property
    def query(self) -> Mapping[str, str]:
        """Values of the query by name."""
    @property
    def headers(self) -> Mapping[str, str]:
        """Headers by name, whatever its case."""
    async def bytes(self, *, timeout: float | None = None) -> builtins.bytes:
        """Return the body."""
    async def text(self, *, timeout: float | None = None) -> str:
        """Return the body as text."""
    async def json(self, *, timeout: float | None = None) -> Any:
        """Return the value of the body's JSON."""
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> builtins.bytes: ...

class Response:
    """An answer, of another host or of this program: its body is read once, whole or chunk by chunk."""

    def __init__(
        self,
        body: Any = b"",
        status: int = 200,
        headers: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None,
    ) -> None:
        """Answer a request. Chunks of an iterator are sent one by one; what is no text, bytes or iterator is sent as JSON."""
    @property
    def status(self) -> int:
        """Its status."""
    @property
    def url(self) -> str:
        """The address that answered."""
    @property
    def redirected(self) -> bool:
        """Whether the address is not the one that was asked."""
    @property
    def headers(self) -> Mapping[str, str]:
        """Headers by name, whatever its case."""
    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
    async def bytes(self, *, timeout: float | None = None) -> builtins.bytes:
        """Return the body."""
    async def text(self, *, timeout: float | None = None) -> str:
        """Return the body as text."""
    async def json(self, *, timeout: float | None = None) -> Any:
        """Return the value of the body's JSON."""
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> builtins.bytes: ...
    def close(self) -> None:
        """Read no further."""
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *error: object) -> None: ...

def sse(
    events: Iterable[Any] | AsyncIterable[Any], *, status: int = 200, headers: Mapping[str, Any] | None = None
) -> Response:
    """Answer with server-sent events, each sent at once: text, dicts with event, data, id and retry, or any JSON value."""

async def fetch(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
    body: str | bytes | None = None,
    json: Any = None,
    redirects: int = 8,
    timeout: float | None = None,
) -> Response:
    """Send a request; an answer of any status."""

async def get(url: str, *, headers: Mapping[str, str] | None = None, timeout: float | None = None) -> bytes:
    """The body of an answer with a status of 2xx."""
