"""Mask: which token ids or slots are meant, as run lengths that start with a false run."""

from _pie import mask as _mask

from ._values import ids as _ids


class Mask(list):
    """A list of run lengths: false, true, false, true …; all after the last run is false."""

    __slots__ = ()

    @staticmethod
    def all(n):
        return Mask(_mask("all", n))

    @staticmethod
    def none(n):
        return Mask(_mask("none", n))

    @staticmethod
    def range(a, b):
        return Mask(_mask("range", a, b))

    @staticmethod
    def ranges(pairs):
        return Mask(_mask("ranges", [_ids(p, "pair") for p in _ids(pairs, "pairs")]))

    @staticmethod
    def ids(ids):
        return Mask(_mask("ids", _ids(ids)))

    @staticmethod
    def from_brle(runs):
        return Mask(_mask("brle", _ids(runs, "runs")))

    @staticmethod
    def window(n, w):
        return Mask(_mask("window", n, w))

    @staticmethod
    def sink(n, s, w):
        return Mask(_mask("sink", n, s, w))

    @staticmethod
    def rows(start, count, f):
        return [f(start + i) for i in range(count)]

    def __and__(self, other):
        return Mask(_mask("and", self, other))

    def __or__(self, other):
        return Mask(_mask("or", self, other))

    def invert(self, n):
        return Mask(_mask("not", self, n))

    def count(self):
        return _mask("count", self)

    def contains(self, i):
        return _mask("contains", self, i)

    def to_brle(self, n=None):
        return list(self) if n is None else _mask("to_brle", self, n)
