"""Look at the snapshots of the user who launched the program."""

import _pie as _p

from ._loop import call
from ._values import record_of
from .model import Model
from .sampler import handle


def _of(model):
    return None if model is None else handle(model, Model, "model")


def list(model=None, prefix=""):
    """Records name, model, tokens, pages, bytes, created, expires, by name; times in seconds of the epoch."""
    return record_of(_p.contexts_list(_of(model), prefix))


async def list_async(model=None, prefix="", *, timeout=None):
    return record_of(await call(_p.contexts_list_async, _of(model), prefix, timeout=timeout))


def info(model, name):
    return record_of(_p.contexts_info(_of(model), name))[0]


async def info_async(model, name, *, timeout=None):
    return record_of(await call(_p.contexts_info_async, _of(model), name, timeout=timeout))[0]
