"""Generator and GenStep."""

import time

import _pie as _p

from . import _json
from ._loop import call
from ._values import Scope, later, options
from ._values import seconds as _seconds
from ._values import ids as _ids
from .forward import Output, ProbeHandle
from .sampler import Sampler, _Probe, handle

OPTIONS = (
    "max_tokens", "stop", "extra_stop", "constrain", "logit_mask", "speculator", "system_speculation", "adapter",
    "zo_seed", "horizon", "rebid_each_step", "auto_flush", "seed", "run_ahead",
)  # fmt: skip


def _set(generator, name, value):
    flat = options((name,), {name: value})
    if flat:
        _p.gen_set(generator._h, *flat)
    return generator


class GenStep:
    """One step of a generation in the making."""

    __slots__ = ("_h",)

    def __init__(self, h):
        self._h = h

    def clear_sampler(self):
        _p.step_clear_sampler(self._h)
        return self

    def sampler(self, sampler):
        _p.step_sampler(self._h, handle(sampler, Sampler, "sampler"))
        return self

    def logit_bias(self, bias, x=None):
        if isinstance(bias, tuple):
            bias, x = bias
        if x is None:
            _p.step_logit_bias(self._h, bias)
        else:
            _p.step_logit_bias(self._h, bias, x)
        return self

    def probe(self, index, probe):
        return ProbeHandle(_p.step_probe(self._h, index, handle(probe, _Probe, "probe")))

    @property
    def mask(self):
        from .mask import Mask

        runs = _p.step_mask(self._h)
        return None if runs is None else Mask(runs)

    async def execute(self, *, timeout=None):
        return Output(await call(_p.step_execute, self._h, timeout=timeout))


class Generator(Scope):
    """A generation: iterate its steps, or collect to the end inside the engine."""

    __slots__ = ("_h", "context")

    def __init__(self, h, context):
        self._h = h
        self.context = context

    def max_tokens(self, n):
        return _set(self, "max_tokens", n)

    def stop(self, tokens):
        return _set(self, "stop", tokens)

    def add_stop(self, tokens):
        return _set(self, "add_stop", tokens)

    def constrain(self, c):
        from .grammar import constraints

        _p.gen_set(self._h, "constrain", constraints(c, self.context.model))
        return self

    def speculator(self, speculator):
        from .grammar import drafter

        _p.gen_set(self._h, "speculator", drafter(speculator))
        return self

    def logit_mask(self, brle):
        return _set(self, "logit_mask", brle)

    def horizon(self, n):
        return _set(self, "horizon", n)

    def rebid_each_step(self, enabled):
        return _set(self, "rebid_each_step", enabled)

    def adapter(self, a):
        from .adapter import Adapter

        _p.gen_set(self._h, "adapter", None if a is None else handle(a, Adapter, "adapter"))
        return self

    def zo_seed(self, seed):
        return _set(self, "zo_seed", seed)

    def system_speculation(self, enabled):
        return _set(self, "system_speculation", enabled)

    def seed(self, n):
        return _set(self, "seed", n)

    def run_ahead(self, n):
        return _set(self, "run_ahead", n)

    def disable_system_speculation(self):
        return self.system_speculation(False)

    def probe_each_step(self, index, probe):
        return ProbeHandle(_p.gen_probe_each_step(self._h, index, handle(probe, _Probe, "probe")))

    @property
    def tokens_generated(self):
        return _p.gen_tokens_generated(self._h)

    @property
    def is_done(self):
        return _p.gen_is_done(self._h)

    @property
    def finish_reason(self):
        return _p.gen_finish_reason(self._h)

    def __aiter__(self):
        return self

    async def __anext__(self):
        h = _p.gen_next(self._h)
        if h is None:
            raise StopAsyncIteration
        return GenStep(h)

    async def next(self, *, timeout=None):
        h = _p.gen_next(self._h)
        return None if h is None else GenStep(h)

    async def next_token(self, *, timeout=None):
        await self._advance(False, timeout)
        return await call(_p.gen_next_token, self._h, timeout=timeout)

    async def _advance(self, all, timeout):
        # steps in which the program has a say are begun here, one by one; the host keeps their tokens
        until = None if _seconds(timeout, "timeout") is None else time.monotonic() + timeout
        while _p.gen_awaits_advance(self._h, all):
            await call(_p.gen_advance, self._h, timeout=None if until is None else until - time.monotonic())

    def accept(self, tokens):
        return _p.gen_accept(self._h, _ids(tokens, "tokens"))

    def fork(self):
        return self.context.fork()

    async def fork_async(self, *, timeout=None):
        return await self.context.fork_async(timeout=timeout)

    def save(self, name, **options):
        self.context.save(name, **options)

    async def save_async(self, name, **options):
        await self.context.save_async(name, **options)

    def snapshot(self, **options):
        return self.context.snapshot(**options)

    async def snapshot_async(self, **options):
        return await self.context.snapshot_async(**options)

    def close(self):
        _p.gen_close(self._h)

    async def collect_tokens(self, *, timeout=None):
        await self._advance(True, timeout)
        return await call(_p.gen_collect_tokens, self._h, timeout=timeout)

    async def collect_text(self, *, include_reasoning=False, timeout=None):
        await self._advance(True, timeout)
        return await call(_p.gen_collect_text, self._h, include_reasoning, timeout=timeout)

    async def collect_json(self, *, schema=None, parse=None, timeout=None):
        if schema is None:
            _p.gen_constrain_json(self._h)
        else:
            _p.gen_constrain_json(self._h, schema)
        text = await self.collect_text(timeout=timeout)
        if parse is not None:
            return parse(text)
        try:
            return _json.loads(text)
        except ValueError as e:
            from .errors import GrammarViolationError

            raise GrammarViolationError(
                f"collect_json: the text is not complete JSON: {e}", details={"text": text}
            ) from None
