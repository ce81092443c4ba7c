"""What a program may know of itself and the engine."""

import _pie as _p

from ._loop import call
from ._values import text_of


def version():
    return _p.runtime_version()


def instance_id():
    return _p.runtime_instance_id()


def username():
    return _p.runtime_username()


def models():
    return _p.runtime_models()


def program():
    return _p.runtime_program()


def stats():
    return _p.runtime_stats()


class Child:
    """A process that this one started; awaiting it gives its result. To let go of it lets it run on."""

    __slots__ = ("_h",)

    def __init__(self, h):
        self._h = h

    def pid(self):
        return _p.child_pid(self._h)

    def get(self):
        """The result if it has ended, else None."""
        return _p.child_poll(self._h)

    def cancel(self):
        _p.child_cancel(self._h)

    async def wait(self, *, timeout=None):
        return await call(_p.child_wait, self._h, timeout=timeout)

    def __await__(self):
        return self.wait().__await__()

    def __repr__(self):
        return f"Child({self.pid()})"


def launch(program, input=None, *, token_budget=None):
    """Start name@x.y.z as a child; returns at once."""
    return Child(_p.runtime_launch(program, text_of({} if input is None else input), token_budget))
