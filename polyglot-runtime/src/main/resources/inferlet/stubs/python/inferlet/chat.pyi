"""Messages through the model's own chat template, and what the model answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ._types import Ids, ToolLike
from .forward import Output
from .model import Model

def system(model: Model, message: str) -> list[int]:
    """Return the ids of a system message, which opens a conversation."""

def user(model: Model, message: str) -> list[int]:
    """Return the ids of a user message that continues one."""

def assistant(model: Model, message: str) -> list[int]:
    """Return the ids of an assistant message."""

def first_user(model: Model, text: str) -> list[int]:
    """Return the ids of a user message that opens a conversation."""

def system_user(model: Model, sys: str, text: str) -> list[int]:
    """Return the ids of a system and a user message."""

def render(
    model: Model,
    messages: Iterable[Mapping[str, Any]],
    *,
    tools: Iterable[ToolLike] | None = None,
    add_generation_prompt: bool = False,
    template: Mapping[str, Any] | None = None,
) -> list[int]:
    """Return the ids of a whole list of messages. UNSUPPORTED for tools without a tool form."""

def cue(model: Model) -> list[int]:
    """Return the generation header."""

def seal(model: Model) -> list[int]:
    """Return the end of a turn."""

def stop_tokens(model: Model) -> list[int]:
    """Return the ids that end a turn."""

class Event:
    """What a decoder read: Idle, Delta(text), Done(text), Interrupt(token)."""

    @dataclass(frozen=True, slots=True)
    class Idle: ...

    @dataclass(frozen=True, slots=True)
    class Delta:
        text: str

    @dataclass(frozen=True, slots=True)
    class Done:
        text: str

    @dataclass(frozen=True, slots=True)
    class Interrupt:
        token: int

AnyEvent: TypeAlias = Event.Idle | Event.Delta | Event.Done | Event.Interrupt

class Decoder:
    """Turn tokens into events, step by step."""

    def __init__(self, model: Model, *, include_reasoning: bool = False) -> None: ...
    def feed(self, tokens: Ids | Output) -> AnyEvent:
        """Take tokens; return the oldest event, Idle without one."""
    def feed_all(self, tokens: Ids | Output) -> list[AnyEvent]:
        """Take tokens; return all events in order."""
    def reset(self) -> None:
        """Begin a new turn."""
