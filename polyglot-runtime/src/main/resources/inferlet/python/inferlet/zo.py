"""Search for a better adapter without gradients: perturb it by seeds, score what they make of it, go to where the best lie."""

import _pie as _p

from ._loop import call
from .adapter import Adapter
from .sampler import handle


def _adapter(adapter):
    return handle(adapter, Adapter, "adapter")


def initialize(adapter, rank, alpha, population_size, mu_fraction, initial_sigma):
    _p.zo_initialize(_adapter(adapter), rank, alpha, population_size, mu_fraction, initial_sigma)


async def initialize_async(adapter, rank, alpha, population_size, mu_fraction, initial_sigma, *, timeout=None):
    given = (rank, alpha, population_size, mu_fraction, initial_sigma)
    await call(_p.zo_initialize_async, _adapter(adapter), *given, timeout=timeout)


def update(adapter, scores, seeds, max_sigma):
    _p.zo_update(_adapter(adapter), list(scores), list(seeds), max_sigma)


async def update_async(adapter, scores, seeds, max_sigma, *, timeout=None):
    await call(_p.zo_update_async, _adapter(adapter), list(scores), list(seeds), max_sigma, timeout=timeout)


def adapter_seed(forward, seed):
    """Perturb the adapter of a pass, as `forward.zo_seed` does."""
    return forward.zo_seed(seed)
