"""What a model says to itself before it answers."""

import _pie as _p

from ._record import Record
from ._values import ids as _ids
from .forward import Output
from .model import Model
from .sampler import handle


class Event:
    """What a decoder read: Idle, Start, Delta(text), End(text)."""

    class Idle(Record):
        __slots__ = ()

    class Start(Record):
        __slots__ = ()

    class Delta(Record):
        __slots__ = ("text",)

    class End(Record):
        __slots__ = ("text",)


AnyEvent = Event.Idle | Event.Start | Event.Delta | Event.End

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
