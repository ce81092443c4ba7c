"""Wait."""

from collections.abc import Awaitable
from typing import TypeVar

_T = TypeVar("_T")

async def sleep(t: float) -> None:
    """Wait for t seconds."""

async def timeout(awaitable: Awaitable[_T], t: float) -> _T:
    """Return the result, or raise TIMEOUT after t seconds and cancel what was awaited."""
