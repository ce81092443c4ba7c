"""The interface between pie and the programs that it runs."""

from . import (
    adapter, chat, contexts, errors, filesystem, grammar, http, mcp, messaging, polyglot, reasoning, runtime,
    scheduling, session, spec, timers, tools, zo,
)  # fmt: skip
from .adapter import Adapter
from .context import Context
from .errors import (
    AlreadyExistsError, BudgetExhaustedError, CancelledError, ContextLengthError, DeviceLostError, DriverFailureError,
    ErrorCode, GrammarViolationError, GuestError, InternalError, InvalidArgumentError, InvalidTypeError,
    LimitExceededError, NotFoundError, OutOfPagesError, PermissionDeniedError, PieError, PieTimeoutError,
    StorageFullError, UnsupportedError, UpstreamError,
)  # fmt: skip
from .forward import Forward, Output, ProbeHandle, SampleHandle
from .generation import GenStep, Generator
from .grammar import AnyJson, Ebnf, Grammar, GrammarConstraint, GrammarSchema, JsonSchema, Matcher, Regex
from .mask import Mask
from .mcp import McpSession
from .messaging import Subscription
from .model import Model, Tokenizer
from .runtime import Child
from .sampler import Distribution, Entropy, Logits, Logprob, Logprobs, Sampler, Stage
from .session import get_return_value, set_return
from .spec import Speculator
from collections.abc import Iterable
from typing import Any

class Schema:
    """Something with build_constraint(model); no base class is needed."""

class Constraint:
    """Something with step(accepted); no base class is needed."""

class Image:
    """Not offered: no loaded model takes or makes media."""

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    @staticmethod
    def from_bytes(*args: Any, **kwargs: Any) -> Any:
        """Not offered: no loaded model takes or makes media."""

class Audio:
    """Not offered: no loaded model takes or makes media."""

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    @staticmethod
    def from_bytes(*args: Any, **kwargs: Any) -> Any:
        """Not offered: no loaded model takes or makes media."""

class Video:
    """Not offered: no loaded model takes or makes media."""

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    @staticmethod
    def from_bytes(*args: Any, **kwargs: Any) -> Any:
        """Not offered: no loaded model takes or makes media."""

class Speech:
    """Not offered: no loaded model takes or makes media."""

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...

class SpeechBuilder:
    """Not offered: no loaded model takes or makes media."""

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...

class Voice:
    """Not offered: no loaded model takes or makes media."""

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...

def write_wav(pcm: Iterable[float], rate: int) -> bytes:
    """Return a WAV file of one channel, 16 bits a sample, of samples from -1 to 1; `rate` of them a second."""

__all__ = [
    "Context", "Model", "Tokenizer", "Adapter", "Image", "Audio", "Video", "Speech", "SpeechBuilder", "Voice",
    "write_wav", "Forward", "Output", "SampleHandle", "ProbeHandle", "Generator", "GenStep", "Sampler", "Logits",
    "Distribution", "Logprob", "Logprobs", "Entropy", "chat", "reasoning", "tools", "Schema", "JsonSchema", "AnyJson",
    "Regex", "Ebnf", "Constraint", "GrammarConstraint", "Grammar", "Matcher", "Speculator", "runtime", "scheduling",
    "messaging", "session", "mcp", "zo", "Stage", "Mask", "GrammarSchema", "Child", "Subscription", "McpSession",
    "ErrorCode", "PieError", "InvalidArgumentError", "InvalidTypeError", "ContextLengthError", "OutOfPagesError",
    "PermissionDeniedError", "NotFoundError", "AlreadyExistsError", "UnsupportedError", "GrammarViolationError",
    "GuestError", "LimitExceededError", "CancelledError", "BudgetExhaustedError", "PieTimeoutError",
    "StorageFullError", "UpstreamError", "DriverFailureError", "DeviceLostError", "InternalError", "contexts", "http",
    "filesystem", "timers", "polyglot",
]  # fmt: skip
