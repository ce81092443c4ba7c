"""Context: a token sequence on one model together with its KV pages."""

import _pie as _p

from ._loop import call
from ._values import Scope, later, options, text_of
from ._values import ids as _ids
from ._values import seconds as _seconds
from .forward import Forward
from .generation import OPTIONS, Generator
from .model import Model
from .sampler import Sampler, handle

_NO_MEDIA = "no loaded model takes media"


class _Idle(Scope):
    """Scope in which a context bids nothing."""

    __slots__ = ("_h",)

    def __init__(self, h):
        self._h = h

    def close(self):
        _p.idle_close(self._h)


class Context(Scope):
    __slots__ = ("_h", "model")

    def __init__(self, model, *, template=None, prefix_cache=True):
        self._h = _p.ctx_new(handle(model, Model, "model"), template, prefix_cache)
        self.model = model

    @classmethod
    async def create_async(cls, model, *, template=None, prefix_cache=True, timeout=None):
        _seconds(timeout, "timeout")
        return cls(model, template=template, prefix_cache=prefix_cache)

    @classmethod
    def _of(cls, h, model):
        ctx = cls.__new__(cls)
        ctx._h = h
        ctx.model = model
        return ctx

    @classmethod
    def open(cls, model, name):
        return cls._of(_p.ctx_open(handle(model, Model, "model"), name, False), model)

    @classmethod
    async def open_async(cls, model, name, *, timeout=None):
        return cls._of(await call(_p.ctx_open_async, handle(model, Model, "model"), name, False, timeout=timeout), model)

    @classmethod
    def take(cls, model, name):
        return cls._of(_p.ctx_open(handle(model, Model, "model"), name, True), model)

    @classmethod
    async def take_async(cls, model, name, *, timeout=None):
        return cls._of(await call(_p.ctx_open_async, handle(model, Model, "model"), name, True, timeout=timeout), model)

    @staticmethod
    def delete(model, name):
        _p.ctx_delete(handle(model, Model, "model"), name)

    @staticmethod
    async def delete_async(model, name, *, timeout=None):
        await call(_p.ctx_delete_async, handle(model, Model, "model"), name, timeout=timeout)

    def save(self, name, *, overwrite=False, ttl=None):
        _p.ctx_save(self._h, name, overwrite, ttl)

    async def save_async(self, name, *, overwrite=False, ttl=None, timeout=None):
        await call(_p.ctx_save_async, self._h, name, overwrite, ttl, timeout=timeout)

    def snapshot(self, *, ttl=None):
        return _p.ctx_snapshot(self._h, ttl)

    async def snapshot_async(self, *, ttl=None, timeout=None):
        return await call(_p.ctx_snapshot_async, self._h, ttl, timeout=timeout)

    def drop_prefix(self, n, *, sink=0):
        _p.ctx_drop_prefix(self._h, n, sink)

    async def drop_prefix_async(self, n, *, sink=0, timeout=None):
        await call(_p.ctx_drop_prefix_async, self._h, n, sink, timeout=timeout)

    def set_window(self, w, *, sink=0):
        _p.ctx_set_window(self._h, w, sink)

    async def set_window_async(self, w, *, sink=0, timeout=None):
        await call(_p.ctx_set_window_async, self._h, w, sink, timeout=timeout)

    def publish(self):
        _p.ctx_publish(self._h)

    async def publish_async(self, *, timeout=None):
        await call(_p.ctx_publish_async, self._h, timeout=timeout)

    def equip(self, tools):
        from .tools import described

        _p.ctx_equip(self._h, described(tools))
        return self

    def answer(self, name, value):
        _p.ctx_answer(self._h, name, text_of(value))
        return self

    append_image = append_images = append_audio = append_audios = append_video = later("ctx.append_image", _NO_MEDIA)

    @property
    def page_size(self):
        return _p.ctx_page_size(self._h)

    @property
    def seq_len(self):
        return _p.ctx_seq_len(self._h)

    @property
    def committed_page_count(self):
        return _p.ctx_committed_page_count(self._h)

    @property
    def working_page_count(self):
        return _p.ctx_working_page_count(self._h)

    @property
    def working_page_token_count(self):
        return _p.ctx_working_page_token_count(self._h)

    # as guides of Pie 0.4 read them
    _committed_pages = committed_page_count
    _working_pages = working_page_count
    _working_tokens = working_page_token_count

    def buffer(self):
        return _p.ctx_buffer(self._h)

    def tokens(self):
        return _p.ctx_tokens(self._h)

    def system(self, message):
        _p.ctx_system(self._h, message)
        return self

    def user(self, message):
        _p.ctx_user(self._h, message)
        return self

    def assistant(self, message):
        _p.ctx_assistant(self._h, message)
        return self

    def cue(self):
        _p.ctx_cue(self._h)
        return self

    def seal(self):
        _p.ctx_seal(self._h)
        return self

    def append(self, tokens):
        _p.ctx_append(self._h, _ids(tokens, "tokens"))
        return self

    def append_text(self, text):
        _p.ctx_append_text(self._h, text)
        return self

    async def flush(self, *, timeout=None):
        await call(_p.ctx_flush, self._h, timeout=timeout)

    def truncate(self, n):
        _p.ctx_truncate(self._h, n)

    async def truncate_async(self, n, *, timeout=None):
        await call(_p.ctx_truncate_async, self._h, n, timeout=timeout)

    def fork(self):
        return Context._of(_p.ctx_fork(self._h), self.model)

    async def fork_async(self, *, timeout=None):
        return Context._of(await call(_p.ctx_fork_async, self._h, timeout=timeout), self.model)

    def suspend(self):
        _p.ctx_suspend(self._h)

    async def suspend_async(self, *, timeout=None):
        await call(_p.ctx_suspend_async, self._h, timeout=timeout)

    def reserve_working_pages(self, n):
        _p.ctx_reserve_working_pages(self._h, n)

    async def reserve_working_pages_async(self, n, *, timeout=None):
        await call(_p.ctx_reserve_working_pages_async, self._h, n, timeout=timeout)

    def commit_working_pages(self, k):
        _p.ctx_commit_working_pages(self._h, k)

    async def commit_working_pages_async(self, k, *, timeout=None):
        await call(_p.ctx_commit_working_pages_async, self._h, k, timeout=timeout)

    def release_working_pages(self, n):
        _p.ctx_release_working_pages(self._h, n)

    async def release_working_pages_async(self, n, *, timeout=None):
        await call(_p.ctx_release_working_pages_async, self._h, n, timeout=timeout)

    def truncate_working_page_tokens(self, n):
        _p.ctx_truncate_working_page_tokens(self._h, n)

    async def truncate_working_page_tokens_async(self, n, *, timeout=None):
        await call(_p.ctx_truncate_working_page_tokens_async, self._h, n, timeout=timeout)

    def set_bid(self, value, *, hold=False):
        _p.ctx_set_bid(self._h, value, hold)
        return self

    def idle(self):
        return _Idle(_p.ctx_idle(self._h))

    def forward(self):
        return Forward(_p.ctx_forward(self._h))

    def generate(self, sampler, **given):
        if given.get("constrain") is not None:
            from .grammar import constraints

            given["constrain"] = constraints(given["constrain"], self.model)
        if given.get("speculator") is not None:
            from .grammar import drafter

            given["speculator"] = drafter(given["speculator"])
        flat = options(OPTIONS, given)
        return Generator(_p.ctx_generate(self._h, handle(sampler, Sampler, "sampler"), *flat), self)

    def release(self):
        _p.ctx_close(self._h)

    close = release

    def __repr__(self):
        return f"Context({self.model.name!r}, seq_len={self.seq_len})"
