"""LoRA adapters of a model, by name."""

import os
from typing import Any, Self

from .model import Model

class Adapter:
    """A low-rank addition to a model's matrices, used by the passes that name it. Private to the user, common to all programs of that user, kept until it is destroyed or the server stops. A scope closes the handle only."""

    @classmethod
    def create(cls, model: Model, name: str) -> Adapter:
        """Make an adapter that adds nothing yet. ALREADY_EXISTS, BUDGET_EXHAUSTED; UNSUPPORTED if the driver takes none."""
    @classmethod
    async def create_async(cls, model: Model, name: str, *, timeout: float | None = None) -> Adapter:
        """As `create`, awaitable."""
    @classmethod
    def open(cls, model: Model, name: str) -> Adapter | None:
        """Return the user's adapter of a name, else the one that the operator shares, None if there is neither. UNSUPPORTED."""
    @classmethod
    async def open_async(cls, model: Model, name: str, *, timeout: float | None = None) -> Adapter | None:
        """As `open`, awaitable."""
    @property
    def name(self) -> str:
        """The name."""
    @property
    def shared(self) -> bool:
        """Whether the operator shares it: it can be used, saved and forked, not changed."""
    def fork(self, new_name: str) -> Adapter:
        """Copy to another name. ALREADY_EXISTS, BUDGET_EXHAUSTED."""
    async def fork_async(self, new_name: str, *, timeout: float | None = None) -> Adapter:
        """As `fork`, awaitable."""
    def load(self, path: str | os.PathLike[str]) -> None:
        """Load numbers in place of the present ones: a directory in PEFT's form, or a GGUF file, in /scratch, /data or /app. What was computed stays as it was. NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT for a damaged file or a shape that is not the model's, UNSUPPORTED, BUDGET_EXHAUSTED; nothing has changed then."""
    async def load_async(self, path: str | os.PathLike[str], *, timeout: float | None = None) -> None:
        """As `load`, awaitable."""
    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the numbers to a directory in PEFT's form, as `load` reads them. PERMISSION_DENIED, STORAGE_FULL."""
    async def save_async(self, path: str | os.PathLike[str], *, timeout: float | None = None) -> None:
        """As `save`, awaitable."""
    def destroy(self) -> None:
        """Remove the name; passes that run go on. PERMISSION_DENIED for one that the operator shares."""
    async def destroy_async(self, *, timeout: float | None = None) -> None:
        """As `destroy`, awaitable."""
    def close(self) -> None:
        """Close the handle; the adapter stays."""
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: Any) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *error: Any) -> None: ...
