"""Run asyncio over the host: the loop sleeps in the host's queue of completed operations, never on a socket. Imported with asyncio."""

import asyncio
import sys
import time
from asyncio import base_events, events, runners

import _pie

from ._loop import closed

_ENDING = -1


class _Selector:
    def __init__(self, loop):
        self._loop = loop

    def select(self, timeout):
        loop = self._loop
        ready = []
        while (op := _pie.poll(0.0)) != 0:
            ready.append(op)
        if ready or timeout == 0:
            return ready
        if loop._ending:
            loop._ending = False
            loop._cancel_all()
            return ready
        ready.append(_pie.poll(-1.0 if timeout is None else float(timeout)))
        return ready

    def close(self):
        pass


class HostLoop(base_events.BaseEventLoop):
    def __init__(self):
        super().__init__()
        self._selector = _Selector(self)
        self._operations = {}
        self._ending = False

    def time(self):
        return time.monotonic()

    def _process_events(self, ready):
        for op in ready:
            if op == _ENDING:
                self._ending = True
                continue
            future = self._operations.pop(op, None)
            if future is None or future.done():
                if op:
                    _pie.op_cancel(op)
                continue
            try:
                value = _pie.op_result(op)
            except BaseException as e:
                future.set_exception(e)
            else:
                future.set_result(value)

    def _write_to_self(self):
        _pie.op_wake()

    def _cancel_all(self):
        for task in asyncio.all_tasks(self):
            task.cancel()

    def run_in_executor(self, executor, func, *args):
        twin = _twin(func)
        if twin is not None:
            return self.create_task(twin(*args))
        from .errors import UnsupportedError

        raise UnsupportedError(
            f"run_in_executor: programs have one thread; use the async form of {getattr(func, '__qualname__', func)}"
        )

    async def shutdown_asyncgens(self):
        self._asyncgens_shutdown_called = True
        left = list(self._asyncgens)
        self._asyncgens.clear()
        results = await asyncio.gather(*[closed(generator) for generator in left], return_exceptions=True)
        for generator, result in zip(left, results):
            if isinstance(result, Exception):
                message = f"an error occurred while {generator!r} was closed"
                self.call_exception_handler({"message": message, "exception": result, "asyncgen": generator})

    async def shutdown_default_executor(self, timeout=None):
        pass


def _twin(func):
    """The async form of a waiting function of this interface, else None."""
    import functools

    if isinstance(func, functools.partial):
        twin = _twin(func.func)
        return twin and functools.partial(twin, *func.args, **func.keywords)
    owner = getattr(func, "__self__", None)
    home = type(owner).__module__ if owner is not None else getattr(func, "__module__", None) or ""
    if home.split(".")[0] not in ("inferlet", "requests"):
        return None
    return getattr(owner if owner is not None else sys.modules[home], func.__name__ + "_async", None)


class _Policy(events.BaseDefaultEventLoopPolicy):
    _loop_factory = HostLoop


events.set_event_loop_policy(_Policy())


async def _to_thread(func, /, *args, **kwargs):
    import functools

    call = functools.partial(func, *args, **kwargs) if kwargs else func
    return await events.get_running_loop().run_in_executor(None, call, *([] if kwargs else args))


asyncio.to_thread = _to_thread


async def call(start, *args, timeout=None):
    """Start an operation of the host and wait for it; cancelling the wait cancels the operation and loses no result."""
    loop = events.get_running_loop()
    op = start(*args)
    future = loop.create_future()
    loop._operations[op] = future
    try:
        if timeout is None:
            return await future
        async with asyncio.timeout(timeout):
            return await future
    except asyncio.CancelledError:
        _pie.op_cancel(op)
        raise
    except TimeoutError as e:
        from .errors import PieError, PieTimeoutError

        if isinstance(e, PieError):
            raise
        _pie.op_cancel(op)
        raise PieTimeoutError(f"not done within {timeout} s") from None
    finally:
        loop._operations.pop(op, None)


async def _main(awaitable):
    return await awaitable


def run(awaitable):
    """Run the program's awaitable to its end, then cancel what it left behind; as asyncio.run, without its way with signals."""
    loop = HostLoop()
    events.set_event_loop(loop)
    try:
        return loop.run_until_complete(_main(awaitable))
    finally:
        try:
            runners._cancel_all_tasks(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            events.set_event_loop(None)
            loop.close()
