"""Samplers, their stages, and probes. Numbers are checked by the host when one is made."""

from _pie import probe as _probe
from _pie import sampler as _sampler
from _pie import stage as _stage

from ._record import Hosted
from ._values import ids as _ids
from ._values import wrong_type as _wrong_type


class Stage:
    """One link of `Sampler.chain`."""

    __slots__ = ("_h",)

    def __init__(self, h):
        self._h = h

    @staticmethod
    def repetition_penalty(r, window=None):
        return Stage(_stage("repetition_penalty", r, window))

    @staticmethod
    def presence_penalty(a):
        return Stage(_stage("presence_penalty", a))

    @staticmethod
    def frequency_penalty(b):
        return Stage(_stage("frequency_penalty", b))

    @staticmethod
    def logit_bias(bias, x=None):
        if isinstance(bias, tuple):
            bias, x = bias
        return Stage(_stage("logit_bias", bias) if x is None else _stage("logit_bias", bias, x))

    @staticmethod
    def temperature(t):
        return Stage(_stage("temperature", t))

    @staticmethod
    def top_k(k):
        return Stage(_stage("top_k", k))

    @staticmethod
    def typical(tau):
        return Stage(_stage("typical", tau))

    @staticmethod
    def top_p(q):
        return Stage(_stage("top_p", q))

    @staticmethod
    def min_p(q):
        return Stage(_stage("min_p", q))


_ORDER = (
    "repetition_penalty", "presence_penalty", "frequency_penalty", "logit_bias", "temperature", "top_k", "typical",
    "top_p", "min_p",
)  # fmt: skip


class Sampler:
    """How the next token is chosen, beside the logits."""

    __slots__ = ("_h",)

    def __init__(self, h):
        self._h = h

    @staticmethod
    def argmax(*, seed=None):
        return Sampler(_sampler("argmax", seed))

    @staticmethod
    def top_p(temperature=0.6, p=0.95, *, seed=None):
        return Sampler(_sampler("top_p", seed, temperature, p))

    @staticmethod
    def top_k(temperature=0.6, k=40, *, seed=None):
        return Sampler(_sampler("top_k", seed, temperature, k))

    @staticmethod
    def min_p(temperature=0.6, p=0.1, *, seed=None):
        return Sampler(_sampler("min_p", seed, temperature, p))

    @staticmethod
    def top_k_top_p(temperature=0.6, k=40, p=0.95, *, seed=None):
        return Sampler(_sampler("top_k_top_p", seed, temperature, k, p))

    @staticmethod
    def multinomial(temperature=1.0, draws=1, *, seed=None):
        return Sampler(_sampler("multinomial", seed, temperature, draws))

    @staticmethod
    def chain(*stages, seed=None, **keywords):
        for name in keywords:
            if name not in _ORDER:
                from .errors import InvalidTypeError

                raise InvalidTypeError(f"unexpected stage '{name}'; known: {', '.join(_ORDER)}")
        all_stages = list(stages)
        for name in _ORDER:
            if keywords.get(name) is not None:
                all_stages.append(getattr(Stage, name)(keywords[name]))
        return Sampler(_sampler("chain", seed, *[handle(s, Stage, "stage") for s in all_stages]))


class _Probe(Hosted):
    __slots__ = ()


class Logits(_Probe):
    __slots__ = ("masked",)

    def __init__(self, *, masked=False):
        self._made(_probe("logits", masked), masked)


class Distribution(_Probe):
    __slots__ = ("temperature", "k", "masked")

    def __init__(self, temperature=1.0, k=0, *, masked=False):
        self._made(_probe("distribution", masked, temperature, k), temperature, k, masked)


class Logprob(_Probe):
    __slots__ = ("token", "masked")

    def __init__(self, token, *, masked=False):
        self._made(_probe("logprob", masked, token), token, masked)


class Logprobs(_Probe):
    __slots__ = ("tokens", "masked")

    def __init__(self, tokens=(), *, masked=False):
        tokens = tuple(_ids(tokens, "tokens"))
        self._made(_probe("logprobs", masked, tokens), tokens, masked)


class Entropy(_Probe):
    __slots__ = ("masked",)

    def __init__(self, *, masked=False):
        self._made(_probe("entropy", masked), masked)


def handle(value, cls, name):
    """Return the host's object behind a wrapper."""
    if isinstance(value, cls):
        return value._h
    raise _wrong_type(name, "a " + cls.__name__.strip("_"), value)
