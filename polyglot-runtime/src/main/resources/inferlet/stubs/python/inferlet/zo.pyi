"""Not offered: no loaded model takes adapters."""

from typing import Any

def initialize(*args: Any, **kwargs: Any) -> Any:
    """Not offered: no loaded model takes adapters."""

def update(*args: Any, **kwargs: Any) -> Any:
    """Not offered: no loaded model takes adapters."""

def adapter_seed(*args: Any, **kwargs: Any) -> Any:
    """Not offered: no loaded model takes adapters."""
