"""The interface between pie and the programs that it runs. All behaviour lives in the host; these are thin facades."""

from . import (
    adapter, chat, contexts, errors, filesystem, grammar, http, mcp, messaging, reasoning, runtime, scheduling, session,
    timers, tools, zo,
)  # fmt: skip
from ._later import (
    Audio, Constraint, Image, Schema, Speculator, Speech, SpeechBuilder, Video, Voice, spec, write_wav,
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


def __getattr__(name):
    # what few programs use is imported when they name it
    if name == "polyglot":
        from importlib import import_module

        return import_module("inferlet.polyglot")
    raise AttributeError(f"module 'inferlet' has no attribute '{name}'")
