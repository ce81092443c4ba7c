"""Read what the market says, as of the last tick. Nothing but explain waits."""

from typing import Any

from .context import Context
from .model import Model

def balance(model: Model) -> float:
    """Credits of this process on a model."""

def rent(ctx: Context) -> float:
    """Clearing price of the context's device, credits a page and tick; 0 without contention."""

def dividend(model: Model) -> float:
    """Credits that the last tick paid to this process."""

def latency(ctx: Context) -> float:
    """Seconds that a step of the context's device takes, as a moving average."""

def price() -> float:
    """Credits that a new page costs."""

def explain() -> dict[str, Any]:
    """Why this process waits or runs slowly: the record of the server's explain route."""

async def explain_async(*, timeout: float | None = None) -> dict[str, Any]:
    """As `explain`, awaitable."""
