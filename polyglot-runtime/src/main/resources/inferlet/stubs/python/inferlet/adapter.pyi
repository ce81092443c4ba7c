"""Not offered: no loaded model takes adapters."""

from typing import Any

class Adapter:
    """Not offered: no loaded model takes adapters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...
    @staticmethod
    def create(*args: Any, **kwargs: Any) -> Any:
        """Not offered: no loaded model takes adapters."""
    @staticmethod
    def open(*args: Any, **kwargs: Any) -> Any:
        """Not offered: no loaded model takes adapters."""
