"""How much room the program's files have. The files themselves are Python's own: open, os, pathlib, shutil, tempfile."""

import _pie as _p


def usage():
    """Records `scratch` and `data` with used, allowed, files, allowed_files."""
    return _p.fs_usage()
