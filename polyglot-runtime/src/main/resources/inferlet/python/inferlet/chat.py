"""Messages through the model's own chat template, and what the model answers."""

import _pie as _p

from ._values import ids as _ids
from .forward import Output
from .model import Model
from .sampler import handle


def system(model, message):
    return _p.chat_system(handle(model, Model, "model"), message)


def user(model, message):
    return _p.chat_user(handle(model, Model, "model"), message)


def assistant(model, message):
    return _p.chat_assistant(handle(model, Model, "model"), message)


def first_user(model, text):
    return _p.chat_first_user(handle(model, Model, "model"), text)


def system_user(model, sys, text):
    return _p.chat_system_user(handle(model, Model, "model"), sys, text)


def render(model, messages, *, tools=None, add_generation_prompt=False, template=None):
    model, messages = handle(model, Model, "model"), _ids(messages, "messages")
    if not tools:
        return _p.chat_render(model, messages, add_generation_prompt, template)
    from .tools import described

    return _p.chat_render(model, messages, add_generation_prompt, template, described(tools))


def cue(model):
    return _p.chat_cue(handle(model, Model, "model"))


def seal(model):
    return _p.chat_seal(handle(model, Model, "model"))


def stop_tokens(model):
    return _p.chat_stop_tokens(handle(model, Model, "model"))


def __getattr__(name):
    # most programs decode no turns
    if name not in ("Event", "AnyEvent"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import _events

    return getattr(_events, name)


def _event(kind, value):
    from ._events import KINDS

    return KINDS[kind](value)


class Decoder:
    """Turn tokens into events, step by step."""

    __slots__ = ("_h",)

    def __init__(self, model, *, include_reasoning=False):
        self._h = _p.decoder_new(handle(model, Model, "model"), include_reasoning)

    def _take(self, feed, tokens):
        if isinstance(tokens, Output):
            tokens = tokens.tokens
        return feed(self._h, _ids(tokens, "tokens"), getattr(tokens, "ends", False))

    def feed(self, tokens):
        kind, value = self._take(_p.decoder_feed, tokens)
        return _event(kind, value)

    def feed_all(self, tokens):
        return [_event(kind, value) for kind, value in self._take(_p.decoder_feed_all, tokens)]

    def reset(self):
        _p.decoder_reset(self._h)
