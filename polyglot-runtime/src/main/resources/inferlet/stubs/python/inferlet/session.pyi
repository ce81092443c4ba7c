"""Talk to the client of this process."""

from typing import Any

def send(value: Any) -> None:
    """Send a message: text as it is, anything else as JSON."""

async def send_async(value: Any, *, timeout: float | None = None) -> None:
    """As `send`, awaitable."""

async def receive(*, timeout: float | None = None) -> str:
    """Return the next message of the client."""

def set_return(text: Any) -> None:
    """Set the result of a program whose `main` returns nothing."""

def get_return_value() -> str | None:
    """Return what was set."""

def send_file(data: bytes) -> None:
    """Not offered: this server carries no files."""

def receive_file() -> Any:
    """Not offered: this server carries no files."""
