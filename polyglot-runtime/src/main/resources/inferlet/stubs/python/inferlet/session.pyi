"""Talk to the client of this process."""

from typing import Any

def send(message: Any) -> None:
    """Send a message: text as it is, anything else as JSON."""

async def send_async(message: Any, *, timeout: float | None = None) -> None:
    """As `send`, awaitable: a client that lags holds nothing else up. What is said later comes after it."""

async def receive(*, timeout: float | None = None) -> str:
    """Return the next message of the client."""

def set_return(value: Any) -> None:
    """Set the result of a program whose `main` returns nothing."""

def get_return_value() -> str | None:
    """Return what was set."""

def send_file(data: bytes, *, name: str | None = None) -> None:
    """Send a file to the client, which an event tells of it."""

async def send_file_async(data: bytes, *, name: str | None = None, timeout: float | None = None) -> None:
    """As `send_file`, awaitable."""

async def receive_file(*, timeout: float | None = None) -> bytes:
    """Return the next file of the client."""
