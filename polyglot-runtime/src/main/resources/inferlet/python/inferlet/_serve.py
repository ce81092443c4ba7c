"""Answer HTTP requests with the program's `handle`, each in a task of its own."""

import asyncio
import sys

import _pie as _p

from ._loop import call
from .http import Request, Response


async def serve(handle):
    """Take requests until no more come, and let those that are there be answered."""
    tasks = set()
    while (h := await call(_p.request_next)) is not None:
        task = asyncio.create_task(_answer(handle, h))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    while tasks:
        await asyncio.wait(tasks)


async def _answer(handle, h):
    watch = asyncio.create_task(_watch(h, asyncio.current_task()))
    answer = None
    try:
        answer = handle(Request._of(h))
        if hasattr(type(answer), "__await__"):
            answer = await answer
        if not isinstance(answer, Response):
            answer = Response(answer)
        _p.request_begin(h, answer.status, [str(x) for pair in answer.headers.items() for x in pair])
        async for chunk in answer:
            await call(_p.request_write, h, chunk.decode("latin-1"))
        _p.request_end(h)
    except asyncio.CancelledError:
        _p.request_fail(h)
    except BaseException as e:
        _p.request_fail(h)
        _report(e)
    finally:
        watch.cancel()
        # a generator that nobody reads to its end
        body = getattr(answer, "_body", None)
        if hasattr(body, "aclose"):
            await body.aclose()


async def _watch(h, handler):
    await call(_p.request_gone, h)
    handler.cancel()


def _report(error):
    import traceback

    at = error.__traceback__
    while at is not None and at.tb_frame.f_code.co_filename.startswith("<pie>/"):
        at = at.tb_next
    traceback.print_exception(type(error), error, at, file=sys.stderr)
