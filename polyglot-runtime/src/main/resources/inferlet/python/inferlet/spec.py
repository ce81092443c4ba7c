"""Protocol of drafters."""

from ._later import Speculator  # noqa: F401
