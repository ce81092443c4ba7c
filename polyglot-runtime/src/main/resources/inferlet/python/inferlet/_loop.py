"""Wait for the host: in asyncio's loop, or straight from the program's one chain of awaits, which needs none of asyncio."""

import sys
import time

import _pie

from ._values import seconds

_ENDING = -1


class _Wait:
    """What the chain of awaits hands to the driver."""

    __slots__ = ("_op", "_timeout")

    def __init__(self, op, timeout):
        self._op = op
        self._timeout = timeout

    def __await__(self):
        return (yield self)

    def result(self, driver):
        deadline = None if self._timeout is None else time.monotonic() + self._timeout
        try:
            while True:
                op = _pie.poll(0.0)
                if op == 0:
                    driver.check_ending()
                    left = -1.0 if deadline is None else deadline - time.monotonic()
                    op = _pie.poll(left) if deadline is None or left > 0 else 0
                    if op == 0 and deadline is not None and time.monotonic() >= deadline:
                        from .errors import PieTimeoutError

                        raise PieTimeoutError(f"not done within {self._timeout} s")
                if op == self._op:
                    self._op = 0
                    return _pie.op_result(op)
                driver.ending = driver.ending or op == _ENDING
        finally:
            if self._op:
                _pie.op_cancel(self._op)


class _Driver:
    """Run one coroutine to its end."""

    def __init__(self):
        self.ending = False
        self._generators = []

    def check_ending(self):
        if self.ending:
            self.ending = False
            from asyncio import CancelledError

            raise CancelledError()

    def run(self, awaitable):
        hooks = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(firstiter=self._note, finalizer=None)
        try:
            return self._drive(_main(awaitable))
        finally:
            self._close_generators()
            sys.set_asyncgen_hooks(*hooks)

    def _drive(self, coroutine):
        value = failure = None
        while True:
            try:
                wait = coroutine.send(value) if failure is None else coroutine.throw(failure)
            except StopIteration as e:
                return e.value
            value = failure = None
            try:
                if type(wait) is _Wait:
                    value = wait.result(self)
                elif wait is None:
                    self.ending = self.ending or _pie.poll(0.0) == _ENDING
                    self.check_ending()
                else:
                    raise RuntimeError(f"await wasn't used with a future of this program: {wait!r}")
            except BaseException as e:
                failure = e

    def _note(self, generator):
        import _weakref

        self._generators.append(_weakref.ref(generator))

    def _close_generators(self):
        for reference in self._generators:
            generator = reference()
            if generator is not None:
                self._drive(closed(generator))


async def closed(generator):
    """Close an asynchronous generator; GraalPy's aclose() does not wait for the first await in it, athrow() does."""
    try:
        await generator.athrow(GeneratorExit())
    except (GeneratorExit, StopAsyncIteration):
        return
    raise RuntimeError(f"{generator!r} ignored GeneratorExit")


_driver = None


async def call(start, *args, timeout=None):
    """Start an operation of the host and wait for it; cancelling the wait cancels the operation and loses no result."""
    seconds(timeout, "timeout")
    if _driver is None:
        from . import _asyncio

        return await _asyncio.call(start, *args, timeout=timeout)
    return await _Wait(start(*args), timeout)


async def _main(awaitable):
    return await awaitable


def run(awaitable, plain):
    """Run the program's awaitable to its end; `plain` says that the program has nothing to do with asyncio."""
    global _driver
    if not plain:
        from . import _asyncio

        return _asyncio.run(awaitable)
    _driver = _Driver()
    try:
        return _driver.run(awaitable)
    finally:
        _driver = None
