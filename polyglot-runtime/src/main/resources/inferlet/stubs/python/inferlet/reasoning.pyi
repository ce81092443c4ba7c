"""What a model says to itself before it answers."""

from dataclasses import dataclass
from typing import TypeAlias

from ._types import Ids
from .forward import Output
from .model import Model

class Event:
    """What a decoder read: Idle, Start, Delta(text), End(text)."""

    @dataclass(frozen=True, slots=True)
    class Idle: ...

    @dataclass(frozen=True, slots=True)
    class Start: ...

    @dataclass(frozen=True, slots=True)
    class Delta:
        text: str

    @dataclass(frozen=True, slots=True)
    class End:
        text: str

AnyEvent: TypeAlias = Event.Idle | Event.Start | Event.Delta | Event.End

class Decoder:
    """Turn tokens into events of their blocks of reasoning; for a model without reasoning all are Idle."""

    def __init__(self, model: Model) -> None: ...
    def feed(self, tokens: Ids | Output) -> AnyEvent:
        """Take tokens; return the oldest event, Idle without one."""
    def feed_all(self, tokens: Ids | Output) -> list[AnyEvent]:
        """Take tokens; return all events in order."""
    def reset(self) -> None:
        """Begin anew."""
