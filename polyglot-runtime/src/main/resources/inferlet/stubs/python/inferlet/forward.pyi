"""Forward, Output and the handles that join them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from ._types import Brle, Ids
from .sampler import Sampler, _Probe

class SampleHandle:
    """What `forward.sample` returns: which slot of the output holds the tokens."""

    @property
    def slot(self) -> int:
        """Index in `output.raw.slots`."""
    @property
    def arity(self) -> int:
        """Number of tokens."""

class ProbeHandle:
    """What `forward.probe` returns: which slot of the output holds the values."""

    @property
    def slot(self) -> int:
        """Index in `output.raw.slots`."""
    @property
    def kind(self) -> str:
        """logits, distribution, logprobs or entropy."""

@dataclass(frozen=True, slots=True)
class Slot:
    """What one slot of a pass brought: `tag` is token, distribution, logits, logprobs or entropy."""

    tag: str
    value: Any

@dataclass(frozen=True, slots=True)
class Raw:
    """Slots in the order in which samples and probes were attached, and drafts for the next step."""

    slots: list[Slot]
    spec_tokens: list[int]
    spec_positions: list[int]

class Tokens(list[int]):
    """Token ids of a step; `ends` says that a decoder must end its turn after them."""

    ends: bool

class Output:
    """What a pass, or a step of a generation, brought."""

    def token(self, h: SampleHandle) -> int | None:
        """Return the first token of a sample; None for the row of a rejected draft."""
    def tokens_at(self, h: SampleHandle) -> list[int]:
        """Return the tokens of all indices of a sample."""
    def distribution(self, h: ProbeHandle) -> tuple[list[int], list[float]]:
        """Return ids and probabilities, the likeliest first."""
    def logits(self, h: ProbeHandle) -> bytes:
        """Return raw logits: four bytes for each entry of the vocabulary, little-endian floats."""
    def logprobs(self, h: ProbeHandle) -> list[float]:
        """Return log probabilities, in the order of the probe's tokens."""
    def entropy(self, h: ProbeHandle) -> float:
        """Return the entropy of the distribution, in nats."""
    @property
    def tokens(self) -> Tokens:
        """Tokens that the generator accepted in this step."""
    @property
    def raw(self) -> Raw:
        """All slots of the pass."""
    @property
    def text(self) -> str:
        """Visible text that the tokens add."""
    @property
    def finish_reason(self) -> str | None:
        """Why the generation has ended, on its last step."""
    @property
    def auto_sampler(self) -> SampleHandle | None:
        """Handle of the generator's own sampler."""

class Forward:
    """One forward pass in the making. Setters return the builder."""

    def start_position(self) -> int:
        """Return the slot of the first `input` row."""
    def page_size(self) -> int:
        """Return the tokens of one page."""
    def input(self, tokens: Ids) -> Self:
        """Add rows at consecutive positions."""
    def input_at(self, tokens: Ids, positions: Ids) -> Self:
        """Add rows at given positions."""
    def sample(self, indices: int | str | Iterable[int | str], sampler: Sampler) -> SampleHandle:
        """Draw a token at each of these rows; "last" or -1 is the last row."""
    def probe(self, index: int | str, probe: _Probe) -> ProbeHandle:
        """Ask for a probe of a row."""
    def mask(self, brle: Brle) -> Self:
        """Allow these tokens only, at every sampled row."""
    def mask_at(self, index: int | str, brle: Brle) -> Self:
        """Allow these tokens only, at one row."""
    def attention_mask(self, masks: Iterable[Brle], *, causal: bool = True) -> Self:
        """Set what each row may see, one mask of slots per row."""
    def defer_commit(self) -> Self:
        """Leave all rows of this pass in working pages, within reach of `truncate`."""
    def adapter(self, adapter: Adapter | None) -> Self:
        """Compute all rows of this pass, pending ones too, through an adapter; None: the model as it is."""
    def zo_seed(self, seed: int) -> Self:
        """Perturb the adapter of this pass by a seed; see `zo`. UNSUPPORTED if the driver takes no adapters."""
    def input_image(self, x: Any, anchor: int) -> Any:
        """Not offered: no loaded model takes images."""
    def input_audio(self, x: Any, anchor: int) -> Any:
        """Not offered: no loaded model takes audio."""
    async def execute(self, *, timeout: float | None = None) -> Output:
        """Run the pass, once; pending tokens of the context are its first rows."""
