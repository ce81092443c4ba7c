"""Search for a better adapter without gradients: perturb it by seeds, score what each makes of the model, go to where the best lie (an evolution strategy)."""

from collections.abc import Iterable

from .adapter import Adapter
from .forward import Forward

def initialize(adapter: Adapter, rank: int, alpha: float, population_size: int, mu_fraction: float, initial_sigma: float) -> None:
    """Begin to search around what is loaded, or around a fresh adapter of queries and values that adds nothing. alpha / rank scales what is added; population_size is the most seeds of one update, mu_fraction of them are recombined; initial_sigma is the standard deviation of a perturbation of one number. INVALID_ARGUMENT, PERMISSION_DENIED, UNSUPPORTED for a rank over the driver's."""

async def initialize_async(adapter: Adapter, rank: int, alpha: float, population_size: int, mu_fraction: float, initial_sigma: float, *, timeout: float | None = None) -> None:
    """As `initialize`, awaitable."""

def update(adapter: Adapter, scores: Iterable[float], seeds: Iterable[int], max_sigma: float) -> None:
    """Go one generation on: rank by score, higher is better, recombine the best max(1, floor(mu_fraction * n)) perturbations, adapt the step size up to max_sigma. INVALID_ARGUMENT for lengths, a score that is not finite, or without `initialize`."""

async def update_async(adapter: Adapter, scores: Iterable[float], seeds: Iterable[int], max_sigma: float, *, timeout: float | None = None) -> None:
    """As `update`, awaitable."""

def adapter_seed(forward: Forward, seed: int) -> Forward:
    """Perturb the adapter of a pass, as `forward.zo_seed` does."""
