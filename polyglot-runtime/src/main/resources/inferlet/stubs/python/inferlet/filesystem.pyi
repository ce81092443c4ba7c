"""How much room the program's files have. The files themselves are Python's own: open, os, pathlib, shutil, tempfile."""

from typing import Protocol

class Room(Protocol):
    """What one root holds and may hold."""

    used: int
    allowed: int
    files: int
    allowed_files: int

class Usage(Protocol):
    """What `usage()` returns."""

    scratch: Room
    data: Room

def usage() -> Usage:
    """Records `scratch` and `data` with used, allowed, files, allowed_files."""
