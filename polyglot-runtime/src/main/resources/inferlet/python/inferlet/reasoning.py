"""What a model says to itself before it answers."""

from dataclasses import dataclass

import _pie as _p

from ._values import ids as _ids
from .forward import Output
from .model import Model
from .sampler import handle


class Event:
    """What a decoder read: Idle, Start, Delta(text), End(text)."""

    @dataclass(frozen=True, slots=True)
    class Idle:
        pass

    @dataclass(frozen=True, slots=True)
    class Start:
        pass

    @dataclass(frozen=True, slots=True)
    class Delta:
        text: str

    @dataclass(frozen=True, slots=True)
    class End:
        text: str


_KINDS = {
    "idle": lambda _: Event.Idle(),
    "start": lambda _: Event.Start(),
    "delta": Event.Delta,
    "end": Event.End,
}


class Decoder:
    """Turn tokens into events of their blocks of reasoning; for a model without reasoning all are Idle."""

    __slots__ = ("_h",)

    def __init__(self, model):
        self._h = _p.reasoning_new(handle(model, Model, "model"))

    def _take(self, feed, tokens):
        if isinstance(tokens, Output):
            tokens = tokens.tokens
        return feed(self._h, _ids(tokens, "tokens"), getattr(tokens, "ends", False))

    def feed(self, tokens):
        kind, value = self._take(_p.reasoning_feed, tokens)
        return _KINDS[kind](value)

    def feed_all(self, tokens):
        return [_KINDS[kind](value) for kind, value in self._take(_p.reasoning_feed_all, tokens)]

    def reset(self):
        _p.reasoning_reset(self._h)
