"""Look at the snapshots of the user who launched the program."""

import builtins
from typing import Protocol

from .model import Model

class SnapshotRecord(Protocol):
    """One snapshot; times in seconds of the epoch."""

    name: str
    model: str
    tokens: int
    pages: int
    bytes: int
    created: float
    expires: float | None

def list(model: Model | None = None, prefix: str = "") -> builtins.list[SnapshotRecord]:
    """Records name, model, tokens, pages, bytes, created, expires, by name; times in seconds of the epoch."""

async def list_async(model: Model | None = None, prefix: str = "", *, timeout: float | None = None) -> builtins.list[SnapshotRecord]:
    """As `list`, awaitable."""

def info(model: Model | None, name: str) -> SnapshotRecord:
    """Return one record. NOT_FOUND without a snapshot of the name."""

async def info_async(model: Model | None, name: str, *, timeout: float | None = None) -> SnapshotRecord:
    """As `info`, awaitable."""
