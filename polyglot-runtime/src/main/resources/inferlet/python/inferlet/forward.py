"""Forward, Output and the handles that join them."""

import _pie as _p

from ._loop import call
from ._record import Record
from ._values import Tokens, later
from ._values import ids as _ids
from .sampler import Sampler, _Probe, handle


class SampleHandle:
    __slots__ = ("_h", "slot", "arity")

    def __init__(self, h):
        self._h = h
        self.slot = _p.handle_slot(h)
        self.arity = _p.handle_arity(h)

    def __repr__(self):
        return f"SampleHandle(slot={self.slot}, arity={self.arity})"


class ProbeHandle:
    __slots__ = ("_h", "slot", "kind")

    def __init__(self, h):
        self._h = h
        self.slot = _p.handle_slot(h)
        self.kind = _p.handle_kind(h)

    def __repr__(self):
        return f"ProbeHandle(slot={self.slot}, kind={self.kind!r})"


class Slot(Record):
    """What one slot of a pass brought: `tag` is token, distribution, logits, logprobs or entropy."""

    __slots__ = ("tag", "value")


class Raw(Record):
    """Slots in the order in which samples and probes were attached, and drafts for the next step."""

    __slots__ = ("slots", "spec_tokens", "spec_positions")


class Output:
    """What a pass, or a step of a generation, brought."""

    __slots__ = ("_h", "_tokens")

    def __init__(self, h):
        self._h = h
        self._tokens = None

    def token(self, h):
        return _p.out_token(self._h, handle(h, SampleHandle, "handle"))

    def tokens_at(self, h):
        return _p.out_tokens_at(self._h, handle(h, SampleHandle, "handle"))

    def distribution(self, h):
        return tuple(_p.out_distribution(self._h, handle(h, ProbeHandle, "handle")))

    def logits(self, h):
        return _p.out_logits(self._h, handle(h, ProbeHandle, "handle"))

    def logprobs(self, h):
        return _p.out_logprobs(self._h, handle(h, ProbeHandle, "handle"))

    def entropy(self, h):
        return _p.out_entropy(self._h, handle(h, ProbeHandle, "handle"))

    @property
    def tokens(self):
        if self._tokens is None:
            self._tokens = Tokens(_p.out_tokens(self._h), self.finish_reason in ("stop", "constraint"))
        return self._tokens

    @property
    def raw(self):
        slots = [
            Slot(tag, tuple(value) if tag == "distribution" else value) for tag, value in _p.out_slots(self._h)
        ]
        return Raw(slots, _p.out_spec_tokens(self._h), _p.out_spec_positions(self._h))

    @property
    def text(self):
        return _p.out_text(self._h)

    @property
    def finish_reason(self):
        return _p.out_finish_reason(self._h)

    @property
    def auto_sampler(self):
        h = _p.out_auto_sampler(self._h)
        return None if h is None else SampleHandle(h)


class Forward:
    """One forward pass in the making. Setters return the builder."""

    __slots__ = ("_h",)

    def __init__(self, h):
        self._h = h

    def start_position(self):
        return _p.fwd_start_position(self._h)

    def page_size(self):
        return _p.fwd_page_size(self._h)

    def input(self, tokens):
        _p.fwd_input(self._h, _ids(tokens, "tokens"))
        return self

    def input_at(self, tokens, positions):
        _p.fwd_input_at(self._h, _ids(tokens, "tokens"), _ids(positions, "positions"))
        return self

    def sample(self, indices, sampler):
        indices = indices if isinstance(indices, (int, str)) else _ids(indices, "indices")
        return SampleHandle(_p.fwd_sample(self._h, indices, handle(sampler, Sampler, "sampler")))

    def probe(self, index, probe):
        return ProbeHandle(_p.fwd_probe(self._h, index, handle(probe, _Probe, "probe")))

    def mask(self, brle):
        _p.fwd_mask(self._h, _ids(brle, "brle"))
        return self

    def mask_at(self, index, brle):
        _p.fwd_mask_at(self._h, index, _ids(brle, "brle"))
        return self

    def attention_mask(self, masks, *, causal=True):
        _p.fwd_attention_mask(self._h, [_ids(mask, "mask") for mask in _ids(masks, "masks")], causal)
        return self

    def defer_commit(self):
        _p.fwd_defer_commit(self._h)
        return self

    def adapter(self, adapter):
        from .adapter import Adapter

        _p.fwd_adapter(self._h, None if adapter is None else handle(adapter, Adapter, "adapter"))
        return self

    def zo_seed(self, seed):
        _p.fwd_zo_seed(self._h, seed)
        return self

    input_image = later("fwd.input_image", "no loaded model takes images")
    input_audio = later("fwd.input_audio", "no loaded model takes audio")

    async def execute(self, *, timeout=None):
        return Output(await call(_p.fwd_execute, self._h, timeout=timeout))
