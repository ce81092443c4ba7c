"""Model and Tokenizer."""

from typing import Any, Protocol

from ._types import Ids

class ModelInfo(Protocol):
    """What `model.info()` returns."""

    architecture: str
    vocab_size: int
    page_size: int
    max_context: int
    bos_id: int
    stop_ids: list[int]
    has_chat_template: bool
    has_reasoning: bool
    tool_format: str
    modalities: list[str]
    adapters: bool
    speculation: bool
    deterministic: bool

class Tokenizer:
    """The model's tokenizer."""

    def encode(self, text: str, *, parse_special: bool = True) -> list[int]:
        """Return ids; spellings of special tokens become them unless told otherwise."""
    def decode(self, tokens: Ids, *, skip_special: bool = False) -> str:
        """Return the text of ids."""
    def token_bytes(self, id: int) -> bytes:
        """Return the raw bytes of one token."""
    def vocabs(self) -> tuple[list[int], list[bytes]]:
        """Return all ids, ascending, and their bytes."""
    def special_tokens(self) -> tuple[list[int], list[bytes]]:
        """Return the ids of special tokens and their bytes."""
    def split_regex(self) -> str:
        """Return the pattern that splits text before it is encoded, "" without one."""

class Model:
    """A loaded model."""

    @property
    def name(self) -> str:
        """Its name on this server."""
    @staticmethod
    def load(name: str) -> Model:
        """Return a loaded model by its name. NOT_FOUND for another."""
    def info(self) -> ModelInfo:
        """Describe the model."""
    def tokenizer(self) -> Tokenizer:
        """Return its tokenizer."""
    def default_system_speculation(self) -> bool:
        """Say whether the engine drafts by itself."""
    def speak(self, text: str) -> Any:
        """Not offered: no loaded model speaks."""
