"""Model and Tokenizer."""

import _pie as _p

from ._values import ids as _ids
from ._values import later


class Tokenizer:
    __slots__ = ("_h", "_vocabs")

    def __init__(self, h):
        self._h = h
        self._vocabs = None

    def encode(self, text, *, parse_special=True):
        return _p.tk_encode(self._h, text, parse_special)

    def decode(self, tokens, *, skip_special=False):
        return _p.tk_decode(self._h, _ids(tokens, "tokens"), skip_special)

    def token_bytes(self, id):
        return _p.tk_token_bytes(self._h, id)

    def vocabs(self):
        if self._vocabs is None:
            self._vocabs = tuple(_p.tk_vocabs(self._h))
        return self._vocabs

    def special_tokens(self):
        return tuple(_p.tk_special_tokens(self._h))

    def split_regex(self):
        return _p.tk_split_regex(self._h)


class Model:
    __slots__ = ("_h", "name", "_tokenizer")

    def __init__(self, h):
        self._h = h
        self.name = _p.model_name(h)
        self._tokenizer = None

    @staticmethod
    def load(name):
        return Model(_p.model_load(name))

    def info(self):
        return _p.model_info(self._h)

    def tokenizer(self):
        if self._tokenizer is None:
            self._tokenizer = Tokenizer(_p.model_tokenizer(self._h))
        return self._tokenizer

    def default_system_speculation(self):
        return _p.model_speculation(self._h)

    speak = later("model.speak", "no loaded model speaks")

    def __repr__(self):
        return f"Model({self.name!r})"
