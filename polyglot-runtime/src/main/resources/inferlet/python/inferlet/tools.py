"""Tools for the model to call. No architecture that loads today has a tool form: nothing is registered, no call is found."""

import json
from dataclasses import dataclass

import _pie as _p

from ._values import ids as _ids
from ._values import later
from .forward import Output
from .grammar import Grammar, Matcher
from .model import Model
from .sampler import handle


class Event:
    """What a decoder read: Start, Call(name, args)."""

    @dataclass(frozen=True, slots=True)
    class Start:
        pass

    @dataclass(frozen=True, slots=True)
    class Call:
        name: str
        args: str


def _event(kind, *values):
    return Event.Start() if kind == "start" else Event.Call(*values)


def supported(model):
    return _p.tools_supported(handle(model, Model, "model"))


def equip_prefix(model, tools):
    return _p.tools_equip_prefix(handle(model, Model, "model"), list(tools))


def answer_prefix(model, name, value):
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return _p.tools_answer_prefix(handle(model, Model, "model"), name, text)


def native_grammar(model, tools):
    h = _p.tools_native_grammar(handle(model, Model, "model"), list(tools))
    return None if h is None else Grammar(h)


def native_matcher(model, tools):
    h = _p.tools_native_matcher(handle(model, Model, "model"), list(tools))
    return None if h is None else Matcher._of(h)


def parse_calls(model, output):
    output = output if isinstance(output, str) else _ids(output)
    return [_event(*e) for e in _p.tools_parse_calls(handle(model, Model, "model"), output)]


def parse_call(model, output):
    return next(iter(parse_calls(model, output)), None)


class Decoder:
    """Turn tokens into the calls that they hold; `feed` gives Start where there is none."""

    __slots__ = ("_h",)

    def __init__(self, model):
        self._h = _p.tools_decoder_new(handle(model, Model, "model"))

    def _take(self, feed, tokens):
        return feed(self._h, _ids(tokens.tokens if isinstance(tokens, Output) else tokens))

    def feed(self, tokens):
        return _event(*self._take(_p.tools_decoder_feed, tokens))

    def feed_all(self, tokens):
        return [_event(*e) for e in self._take(_p.tools_decoder_feed_all, tokens)]

    def reset(self):
        _p.tools_decoder_reset(self._h)


tool = later("tools.tool", "no loaded model has a tool form")
