"""Samplers and probes under the name of the module in Pie 0.4."""

from .sampler import Distribution, Entropy, Logits, Logprob, Logprobs, Sampler

__all__ = ["Distribution", "Entropy", "Logits", "Logprob", "Logprobs", "Sampler"]
