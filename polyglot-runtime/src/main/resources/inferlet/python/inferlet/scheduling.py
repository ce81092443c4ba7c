"""Read what the market says, as of the last tick. Nothing but explain waits."""

import _pie as _p

from . import _json
from ._loop import call
from .context import Context
from .model import Model
from .sampler import handle


def balance(model):
    """Credits of this process on a model."""
    return _p.sched_balance(handle(model, Model, "model"))


def rent(ctx):
    """Clearing price of the context's device, credits a page and tick; 0 without contention."""
    return _p.sched_rent(handle(ctx, Context, "ctx"))


def dividend(model):
    """Credits that the last tick paid to this process."""
    return _p.sched_dividend(handle(model, Model, "model"))


def latency(ctx):
    """Seconds that a step of the context's device takes, as a moving average."""
    return _p.sched_latency(handle(ctx, Context, "ctx"))


def price():
    """Credits that a new page costs."""
    return _p.sched_price()


def explain():
    """Why this process waits or runs slowly: the record of the server's explain route."""
    return _json.loads(_p.sched_explain())


async def explain_async(*, timeout=None):
    return _json.loads(await call(_p.sched_explain_async, timeout=timeout))
