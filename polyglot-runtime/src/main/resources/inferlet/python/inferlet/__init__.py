"""The interface between pie and the programs that it runs. All behaviour lives in the host; these are thin facades."""

from . import errors, runtime
from .context import Context
from .errors import (
    AlreadyExistsError, BudgetExhaustedError, CancelledError, ContextLengthError, DeviceLostError, DriverFailureError,
    GrammarViolationError, GuestError, InternalError, InvalidArgumentError, InvalidTypeError, LimitExceededError,
    NotFoundError, OutOfPagesError, PermissionDeniedError, PieError, PieTimeoutError, StorageFullError,
    UnsupportedError, UpstreamError,
)  # fmt: skip
from .forward import Forward, Output, ProbeHandle, SampleHandle
from .generation import GenStep, Generator
from .model import Model, Tokenizer
from .runtime import Child
from .sampler import Distribution, Entropy, Logits, Logprob, Logprobs, Sampler, Stage

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

# What few programs use is imported once they name it: modules, and what they have for this one.
_MODULES = (
    "adapter", "chat", "contexts", "filesystem", "grammar", "http", "mask", "mcp", "messaging", "polyglot", "reasoning",
    "scheduling", "session", "spec", "timers", "tools", "zo",
)  # fmt: skip
_HOMES = {
    "_later": "Audio Constraint Image Schema Speculator Speech SpeechBuilder Video Voice write_wav",
    "adapter": "Adapter",
    "errors": "ErrorCode",
    "grammar": "AnyJson Ebnf Grammar GrammarConstraint GrammarSchema JsonSchema Matcher Regex",
    "mask": "Mask",
    "mcp": "McpSession",
    "messaging": "Subscription",
    "session": "get_return_value set_return",
}
_LATER = dict.fromkeys(_MODULES) | {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name):
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    home = _LATER[name]
    value = import_module("." + (home or name), __name__)
    if home:
        value = globals()[name] = getattr(value, name)
    return value


def __dir__():
    return sorted({*globals(), *_LATER})
