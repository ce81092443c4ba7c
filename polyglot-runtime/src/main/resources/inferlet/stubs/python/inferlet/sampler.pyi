"""Samplers, their stages, and probes. Numbers are checked by the host when one is made."""

from typing import Any, TypedDict, Unpack

from ._types import Bias, Brle, Ids

class Stage:
    """One link of `Sampler.chain`."""

    @staticmethod
    def repetition_penalty(r: float, window: int | None = None) -> Stage:
        """Divide or multiply the logits of recent tokens by r."""
    @staticmethod
    def presence_penalty(a: float) -> Stage:
        """Take a from the logit of each generated token."""
    @staticmethod
    def frequency_penalty(b: float) -> Stage:
        """Take b from the logit of a generated token for each time it came."""
    @staticmethod
    def logit_bias(bias: Bias | Brle, x: float | None = None) -> Stage:
        """Add to logits: a map from id to number, or a mask and a number."""
    @staticmethod
    def temperature(t: float) -> Stage:
        """Divide the logits by t; 0 takes the likeliest."""
    @staticmethod
    def top_k(k: int) -> Stage:
        """Keep the k likeliest."""
    @staticmethod
    def typical(tau: float) -> Stage:
        """Keep the most typical tokens with a probability of tau together."""
    @staticmethod
    def top_p(q: float) -> Stage:
        """Keep the likeliest tokens with a probability of q together."""
    @staticmethod
    def min_p(q: float) -> Stage:
        """Keep tokens that are at least q times as likely as the likeliest."""

class _Stages(TypedDict, total=False):
    repetition_penalty: float
    presence_penalty: float
    frequency_penalty: float
    logit_bias: Bias
    temperature: float
    top_k: int
    typical: float
    top_p: float
    min_p: float

class Sampler:
    """How the next token is chosen, beside the logits."""

    @staticmethod
    def argmax(*, seed: int | None = None) -> Sampler:
        """Take the likeliest token."""
    @staticmethod
    def top_p(temperature: float = 0.6, p: float = 0.95, *, seed: int | None = None) -> Sampler:
        """Draw from the likeliest tokens with a probability of p together."""
    @staticmethod
    def top_k(temperature: float = 0.6, k: int = 40, *, seed: int | None = None) -> Sampler:
        """Draw from the k likeliest tokens."""
    @staticmethod
    def min_p(temperature: float = 0.6, p: float = 0.1, *, seed: int | None = None) -> Sampler:
        """Draw from tokens that are at least p times as likely as the likeliest."""
    @staticmethod
    def top_k_top_p(temperature: float = 0.6, k: int = 40, p: float = 0.95, *, seed: int | None = None) -> Sampler:
        """Draw by both rules."""
    @staticmethod
    def multinomial(temperature: float = 1.0, draws: int = 1, *, seed: int | None = None) -> Sampler:
        """Draw from all tokens; `draws` independent ones per index, 1 in a generation."""
    @staticmethod
    def chain(*stages: Stage, seed: int | None = None, **keywords: Unpack[_Stages]) -> Sampler:
        """Draw after stages in the order given; those given by keyword come in the order of this list of them."""

class _Probe: ...

class Logits(_Probe):
    """Ask for the raw logits of a row."""

    masked: bool

    def __init__(self, *, masked: bool = False) -> None: ...

class Distribution(_Probe):
    """Ask for the k likeliest ids with their probabilities; 0 for all."""

    temperature: float
    k: int
    masked: bool

    def __init__(self, temperature: float = 1.0, k: int = 0, *, masked: bool = False) -> None: ...

class Logprob(_Probe):
    """Ask for the log probability of a token."""

    token: int
    masked: bool

    def __init__(self, token: int, *, masked: bool = False) -> None: ...

class Logprobs(_Probe):
    """Ask for the log probabilities of tokens."""

    tokens: tuple[int, ...]
    masked: bool

    def __init__(self, tokens: Ids = (), *, masked: bool = False) -> None: ...

class Entropy(_Probe):
    """Ask for the entropy of the distribution."""

    masked: bool

    def __init__(self, *, masked: bool = False) -> None: ...
