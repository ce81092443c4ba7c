"""Samplers and probes under the name of the module in Pie 0.4; `sampler` here."""

from .sampler import Distribution as Distribution
from .sampler import Entropy as Entropy
from .sampler import Logits as Logits
from .sampler import Logprob as Logprob
from .sampler import Logprobs as Logprobs
from .sampler import Sampler as Sampler
