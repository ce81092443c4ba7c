"""LoRA adapters of a model, by name."""

import _pie as _p

from ._loop import call
from ._values import Scope
from .model import Model
from .sampler import handle


def _text(path):
    return path.__fspath__() if hasattr(path, "__fspath__") else path


class Adapter(Scope):
    """A low-rank addition to a model's matrices; a scope closes the handle only."""

    __slots__ = ("_h",)

    def __init__(self, h):
        self._h = h

    @classmethod
    def create(cls, model, name):
        return cls(_p.adapter_create(handle(model, Model, "model"), name))

    @classmethod
    async def create_async(cls, model, name, *, timeout=None):
        return cls(await call(_p.adapter_create_async, handle(model, Model, "model"), name, timeout=timeout))

    @classmethod
    def open(cls, model, name):
        h = _p.adapter_open(handle(model, Model, "model"), name)
        return None if h is None else cls(h)

    @classmethod
    async def open_async(cls, model, name, *, timeout=None):
        h = await call(_p.adapter_open_async, handle(model, Model, "model"), name, timeout=timeout)
        return None if h is None else cls(h)

    @property
    def name(self):
        return _p.adapter_name(self._h)

    @property
    def shared(self):
        return _p.adapter_shared(self._h)

    def fork(self, new_name):
        return Adapter(_p.adapter_fork(self._h, new_name))

    async def fork_async(self, new_name, *, timeout=None):
        return Adapter(await call(_p.adapter_fork_async, self._h, new_name, timeout=timeout))

    def load(self, path):
        _p.adapter_load(self._h, _text(path))

    async def load_async(self, path, *, timeout=None):
        await call(_p.adapter_load_async, self._h, _text(path), timeout=timeout)

    def save(self, path):
        _p.adapter_save(self._h, _text(path))

    async def save_async(self, path, *, timeout=None):
        await call(_p.adapter_save_async, self._h, _text(path), timeout=timeout)

    def destroy(self):
        _p.adapter_destroy(self._h)

    async def destroy_async(self, *, timeout=None):
        await call(_p.adapter_destroy_async, self._h, timeout=timeout)

    def close(self):
        _p.adapter_close(self._h)

    def __repr__(self):
        return f"Adapter({self.name!r})"
