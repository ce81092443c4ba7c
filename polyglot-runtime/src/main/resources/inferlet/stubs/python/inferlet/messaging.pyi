"""Carry texts between the processes of one user: a pushed one goes to one puller, a broadcast one to all subscriptions."""

from typing import Self

def push(topic: str, message: str) -> None:
    """Append a message to a queue."""

async def pull(topic: str, *, timeout: float | None = None) -> str:
    """Return the oldest message of a queue; one puller gets it."""

def broadcast(topic: str, message: str) -> None:
    """Send a message to all subscriptions of now."""

def subscribe(topic: str, *, capacity: int = 1024) -> Subscription:
    """Receive what is broadcast from this call on."""

class Subscription:
    """Iterate over its messages; the iteration ends once it is closed."""

    async def next(self, *, timeout: float | None = None) -> str | None:
        """The next message; None once closed."""
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> str: ...
    @property
    def dropped(self) -> int:
        """Messages lost because nobody took them in time."""
    def unsubscribe(self) -> None:
        """End it."""
    def close(self) -> None:
        """As `unsubscribe`."""
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *error: object) -> None: ...
