"""Context: a token sequence on one model together with its KV pages."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from ._types import Brle, Constrains, Ids, SpeculatorLike, Stops, ToolLike
from .forward import Forward
from .generation import Generator
from .model import Model
from .sampler import Sampler

class _Idle:
    def close(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *error: object) -> None: ...

class Context:
    """A token sequence on one model together with its KV pages; leaving a `with` block frees them."""

    @property
    def model(self) -> Model:
        """The model that it is a sequence of."""
    def __init__(self, model: Model, *, template: Mapping[str, Any] | None = None, prefix_cache: bool = True) -> None:
        """Make an empty context; `template` gives variables of the chat template, `prefix_cache` False looks no pages up."""
    @classmethod
    async def create_async(
        cls, model: Model, *, template: Mapping[str, Any] | None = None, prefix_cache: bool = True, timeout: float | None = None
    ) -> Context:
        """As the constructor, awaitable."""
    @classmethod
    def open(cls, model: Model, name: str) -> Context:
        """Return a new context equal to a snapshot, which stays. NOT_FOUND without one."""
    @classmethod
    async def open_async(cls, model: Model, name: str, *, timeout: float | None = None) -> Context:
        """As `open`, awaitable."""
    @classmethod
    def take(cls, model: Model, name: str) -> Context:
        """As `open`, and remove the snapshot; its pages move without a copy."""
    @classmethod
    async def take_async(cls, model: Model, name: str, *, timeout: float | None = None) -> Context:
        """As `take`, awaitable."""
    @staticmethod
    def delete(model: Model, name: str) -> None:
        """Remove a snapshot."""
    @staticmethod
    async def delete_async(model: Model, name: str, *, timeout: float | None = None) -> None:
        """As `delete`, awaitable."""
    def save(self, name: str, *, overwrite: bool = False, ttl: float | None = None) -> None:
        """Save an immutable snapshot of all tokens, pending ones too; `ttl` in seconds. ALREADY_EXISTS unless `overwrite`."""
    async def save_async(self, name: str, *, overwrite: bool = False, ttl: float | None = None, timeout: float | None = None) -> None:
        """As `save`, awaitable."""
    def snapshot(self, *, ttl: float | None = None) -> str:
        """Save under a fresh name and return it; kept for 24 hours unless `ttl` says otherwise."""
    async def snapshot_async(self, *, ttl: float | None = None, timeout: float | None = None) -> str:
        """As `snapshot`, awaitable."""
    def drop_prefix(self, n: int, *, sink: int = 0) -> None:
        """Hide the tokens in slots [sink, n) from all later rows and free the pages wholly inside."""
    async def drop_prefix_async(self, n: int, *, sink: int = 0, timeout: float | None = None) -> None:
        """As `drop_prefix`, awaitable."""
    def set_window(self, w: int | None, *, sink: int = 0) -> None:
        """From now on a row sees the first `sink` and the last `w` slots; None ends it."""
    async def set_window_async(self, w: int | None, *, sink: int = 0, timeout: float | None = None) -> None:
        """As `set_window`, awaitable."""
    def publish(self) -> None:
        """Share the committed pages by content with all users. PERMISSION_DENIED without the permission."""
    async def publish_async(self, *, timeout: float | None = None) -> None:
        """As `publish`, awaitable."""
    def equip(self, tools: list[ToolLike]) -> Self:
        """Register tools where the template wants them. UNSUPPORTED without a tool form."""
    def answer(self, name: str, value: Any) -> Self:
        """Append what a tool returned; anything but text becomes JSON."""
    def append_image(self, image: Any) -> Any:
        """Not offered: no loaded model takes media."""
    def append_images(self, images: Any) -> Any:
        """Not offered: no loaded model takes media."""
    def append_audio(self, audio: Any) -> Any:
        """Not offered: no loaded model takes media."""
    def append_audios(self, audios: Any) -> Any:
        """Not offered: no loaded model takes media."""
    def append_video(self, video: Any) -> Any:
        """Not offered: no loaded model takes media."""
    @property
    def page_size(self) -> int:
        """Tokens of one page."""
    @property
    def seq_len(self) -> int:
        """Number of written tokens; pending ones are not counted."""
    @property
    def committed_page_count(self) -> int:
        """Full pages, which can be shared."""
    @property
    def working_page_count(self) -> int:
        """Pages that are this context's alone."""
    @property
    def working_page_token_count(self) -> int:
        """Tokens in working pages."""
    def buffer(self) -> list[int]:
        """Return the pending tokens."""
    def tokens(self) -> list[int]:
        """Return all tokens, written and pending."""
    def system(self, message: str) -> Self:
        """Append a system message by the chat template."""
    def user(self, message: str) -> Self:
        """Append a user message by the chat template."""
    def assistant(self, message: str) -> Self:
        """Append an assistant message by the chat template."""
    def cue(self) -> Self:
        """Append the generation header, unless the end already is one."""
    def seal(self) -> Self:
        """Append the end of a turn."""
    def append(self, tokens: Ids) -> Self:
        """Append token ids."""
    def append_text(self, text: str) -> Self:
        """Encode a text and append it."""
    async def flush(self, *, timeout: float | None = None) -> None:
        """Write all pending tokens and commit full pages."""
    def truncate(self, n: int) -> None:
        """Drop the last n tokens, pending ones first."""
    async def truncate_async(self, n: int, *, timeout: float | None = None) -> None:
        """As `truncate`, awaitable."""
    def fork(self) -> Context:
        """Return an independent copy that shares all committed pages."""
    async def fork_async(self, *, timeout: float | None = None) -> Context:
        """As `fork`, awaitable."""
    def suspend(self) -> None:
        """Give the pages up now; they come back at the next use, data unchanged."""
    async def suspend_async(self, *, timeout: float | None = None) -> None:
        """As `suspend`, awaitable."""
    def reserve_working_pages(self, n: int) -> None:
        """Add n empty working pages."""
    async def reserve_working_pages_async(self, n: int, *, timeout: float | None = None) -> None:
        """As `reserve_working_pages`, awaitable."""
    def commit_working_pages(self, k: int) -> None:
        """Commit the first k working pages, all of which must be full."""
    async def commit_working_pages_async(self, k: int, *, timeout: float | None = None) -> None:
        """As `commit_working_pages`, awaitable."""
    def release_working_pages(self, n: int) -> None:
        """Free the last n working pages and the tokens in them."""
    async def release_working_pages_async(self, n: int, *, timeout: float | None = None) -> None:
        """As `release_working_pages`, awaitable."""
    def truncate_working_page_tokens(self, n: int) -> None:
        """Drop the last n working tokens; pages stay."""
    async def truncate_working_page_tokens_async(self, n: int, *, timeout: float | None = None) -> None:
        """As `truncate_working_page_tokens`, awaitable."""
    def set_bid(self, value: float | None, *, hold: bool = False) -> Self:
        """Bid v credits for a page and tick of the next pass, or until another bid with `hold`; None ends a hold."""
    def idle(self) -> _Idle:
        """Return a scope in which the context bids nothing."""
    def forward(self) -> Forward:
        """Begin one forward pass."""
    def generate(
        self,
        sampler: Sampler,
        *,
        max_tokens: int | None = None,
        stop: Stops | None = None,
        extra_stop: Stops | None = None,
        constrain: Constrains | None = None,
        logit_mask: Brle | None = None,
        speculator: SpeculatorLike | None = None,
        system_speculation: bool | None = None,
        adapter: Adapter | None = None,
        zo_seed: int | None = None,
        horizon: int | None = None,
        rebid_each_step: bool | None = None,
        auto_flush: bool | None = None,
        seed: int | None = None,
        run_ahead: int | None = None,
    ) -> Generator:
        """Begin a generation: collect it to its end inside the engine, or iterate its steps."""
    def release(self) -> None:
        """Free the pages at once; repeating it has no effect."""
    def close(self) -> None:
        """As `release`."""
    def __enter__(self) -> Self: ...
    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *error: object) -> None: ...
