"""Mask: which token ids or slots are meant, as run lengths that start with a false run."""

from collections.abc import Callable, Iterable
from typing import TypeVar

_T = TypeVar("_T")

class Mask(list[int]):
    """A list of run lengths: false, true, false, true …; all after the last run is false."""

    @staticmethod
    def all(n: int) -> Mask:
        """True from 0 to n."""
    @staticmethod
    def none(n: int) -> Mask:
        """False from 0 to n."""
    @staticmethod
    def range(a: int, b: int) -> Mask:
        """True from a to b, b not included."""
    @staticmethod
    def ranges(pairs: Iterable[Iterable[int]]) -> Mask:
        """True in each half-open range; they may overlap."""
    @staticmethod
    def ids(ids: Iterable[int]) -> Mask:
        """True at these ids."""
    @staticmethod
    def from_brle(runs: Iterable[int]) -> Mask:
        """Make a mask of run lengths."""
    @staticmethod
    def window(n: int, w: int) -> Mask:
        """True at the last w of n."""
    @staticmethod
    def sink(n: int, s: int, w: int) -> Mask:
        """True at the first s and the last w of n."""
    @staticmethod
    def rows(start: int, count: int, f: Callable[[int], _T]) -> list[_T]:
        """Return f(slot) for each of `count` slots from `start` on."""
    def __and__(self, other: Iterable[int]) -> Mask: ...
    def __or__(self, other: Iterable[int]) -> Mask: ...
    def invert(self, n: int) -> Mask:
        """Return the opposite from 0 to n."""
    def count(self) -> int:  # type: ignore[override]
        """Return how many are true."""
    def contains(self, i: int) -> bool:
        """Say whether i is true."""
    def to_brle(self, n: int | None = None) -> list[int]:
        """Return run lengths, up to n."""
