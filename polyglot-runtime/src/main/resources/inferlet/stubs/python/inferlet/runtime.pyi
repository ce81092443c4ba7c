"""What a program may know of itself and the engine."""

from collections.abc import Generator
from typing import Any, Protocol

class Stats(Protocol):
    """What `stats()` returns: counters of this process."""

    tokens_in: int
    tokens_out: int
    tokens_reused: int
    tokens_recomputed: int
    tokens_drafted: int
    tokens_accepted: int
    tokens_rolled_back: int
    forward_passes: int
    time_waiting: float
    time_driver: float
    cpu_time: float
    wall_time: float
    pages_held: float
    pages_peak: float
    page_seconds: float
    credits_spent: float
    rent_paid: float
    make_cost: float
    dividends: float
    token_budget: int | None
    tokens_left: int | None
    events_dropped: int

def version() -> str:
    """Return the engine's version."""

def instance_id() -> str:
    """Return the id of this process."""

def username() -> str:
    """Return the user who launched it."""

def models() -> list[str]:
    """Return the names of the loaded models; the first is the default."""

def program() -> str:
    """Return the own identity, name@x.y.z."""

def stats() -> Stats:
    """Return counters of this process."""

class Child:
    """A process that this one started; awaiting it gives its result. To let go of it lets it run on."""

    def pid(self) -> str:
        """Return its process id."""
    def get(self) -> str | None:
        """The result if it has ended, else None."""
    def cancel(self) -> None:
        """End it; no effect once it has ended."""
    async def wait(self, *, timeout: float | None = None) -> str:
        """Return its result; raises what ended it otherwise."""
    def __await__(self) -> Generator[Any, Any, str]: ...

def launch(program: str, input: Any = None, *, token_budget: int | None = None) -> Child:
    """Start name@x.y.z as a child; returns at once."""
