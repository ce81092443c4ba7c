"""Protocol of drafters."""

class Speculator:
    """Something with draft() and accept(tokens); no base class is needed."""
