"""Generator and GenStep."""

from collections.abc import Callable
from typing import Any, Self, TypeVar, overload

from ._types import Bias, Brle, Constrains, Ids, JsonSource, SpeculatorLike, Stops
from .context import Context
from .forward import Output, ProbeHandle
from .mask import Mask
from .sampler import Sampler, _Probe

_T = TypeVar("_T")

class GenStep:
    """One step of a generation in the making."""

    def clear_sampler(self) -> Self:
        """Draw no token in this step; call `generator.accept` after `execute`."""
    def sampler(self, sampler: Sampler) -> Self:
        """Use another sampler for this step."""
    def logit_bias(self, bias: Bias | Brle, x: float | None = None) -> Self:
        """Add to logits for this step: a map from id to number, or a mask and a number."""
    def probe(self, index: int | str, probe: _Probe) -> ProbeHandle:
        """Ask for a probe; 0 is the row that predicts the next token."""
    @property
    def mask(self) -> Mask | None:
        """The logit mask of the next token, None without one."""
    async def execute(self, *, timeout: float | None = None) -> Output:
        """Run the step, once."""

class Generator:
    """A generation: iterate its steps, or collect to the end inside the engine."""

    @property
    def context(self) -> Context:
        """The context that it continues."""
    def max_tokens(self, n: int) -> Self:
        """Set the most tokens to generate."""
    def stop(self, tokens: Stops) -> Self:
        """Replace the stop tokens and strings; [] stops at nothing."""
    def add_stop(self, tokens: Stops) -> Self:
        """Add stop tokens and strings."""
    def constrain(self, c: Constrains) -> Self:
        """Hold the text to a schema or a constraint."""
    def speculator(self, speculator: SpeculatorLike) -> Self:
        """Use a drafter of the program's own."""
    def logit_mask(self, brle: Brle) -> Self:
        """Allow these tokens only, in every step."""
    def horizon(self, n: int) -> Self:
        """Say how many tokens the wallet is meant to last."""
    def rebid_each_step(self, enabled: bool) -> Self:
        """Compute the default bid anew for each step, or once."""
    def adapter(self, a: Adapter | None) -> Self:
        """Compute the next rows through an adapter, as it is now; None: the model as it is."""
    def zo_seed(self, seed: int) -> Self:
        """Perturb the adapter by a seed; see `zo`. INVALID_ARGUMENT without an adapter, UNSUPPORTED."""
    def system_speculation(self, enabled: bool) -> Self:
        """Switch the engine's own drafts on or off."""
    def seed(self, n: int) -> Self:
        """Set the seed of what is drawn."""
    def run_ahead(self, n: int) -> Self:
        """Set the most steps that the engine may be in front of the program; 0 for none."""
    def disable_system_speculation(self) -> Self:
        """As `system_speculation(False)`."""
    def probe_each_step(self, index: int | str, probe: _Probe) -> ProbeHandle:
        """Ask for a probe in every step; the handle is good for each step's output."""
    @property
    def tokens_generated(self) -> int:
        """Tokens kept so far."""
    @property
    def is_done(self) -> bool:
        """Whether it has ended."""
    @property
    def finish_reason(self) -> str | None:
        """stop, length, stop_string, constraint or closed; None while it runs."""
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> GenStep: ...
    async def next(self, *, timeout: float | None = None) -> GenStep | None:
        """Return the next step, None when done."""
    async def next_token(self, *, timeout: float | None = None) -> int | None:
        """Return the next accepted token, None when done."""
    def accept(self, tokens: Ids) -> list[int]:
        """Register tokens that the program chose; returns the accepted ones."""
    def fork(self) -> Context:
        """Fork the context at the delivered state."""
    async def fork_async(self, *, timeout: float | None = None) -> Context:
        """As `fork`, awaitable."""
    def save(self, name: str, *, overwrite: bool = False, ttl: float | None = None) -> None:
        """Save the context at the delivered state."""
    async def save_async(self, name: str, *, overwrite: bool = False, ttl: float | None = None, timeout: float | None = None) -> None:
        """As `save`, awaitable."""
    def snapshot(self, *, ttl: float | None = None) -> str:
        """Save the context under a fresh name and return it."""
    async def snapshot_async(self, *, ttl: float | None = None, timeout: float | None = None) -> str:
        """As `snapshot`, awaitable."""
    def close(self) -> None:
        """End the generation."""
    async def collect_tokens(self, *, timeout: float | None = None) -> list[int]:
        """Run to the end inside the engine; return all tokens."""
    async def collect_text(self, *, include_reasoning: bool = False, timeout: float | None = None) -> str:
        """Run to the end inside the engine; return the visible text."""
    @overload
    async def collect_json(self, *, schema: JsonSource | None = None, parse: None = None, timeout: float | None = None) -> Any: ...
    @overload
    async def collect_json(self, *, schema: JsonSource | None = None, parse: Callable[[str], _T], timeout: float | None = None) -> _T:
        """Hold the text to a schema, any JSON without one, and return its value, or what `parse` makes of the text."""
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *error: object) -> None: ...
