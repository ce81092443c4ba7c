"""Files of the program in other languages: their functions are called with plain values and objects of this package."""

from collections.abc import Callable
from typing import Any

class Module:
    """A file in another language; its functions are attributes, and each call runs to its end."""

    def __getattr__(self, name: str) -> Callable[..., Any]: ...

def load(file: str) -> Module:
    """Load a file of the program, once."""
