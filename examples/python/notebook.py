"""Files: a notebook that this user's runs share in /data, and scratch paper in /scratch that is gone with the run.

Files need a permission: `pie run --allow files notebook.py -- --note "buy milk"`.
"""

import errno
import os
from pathlib import Path

from inferlet import filesystem


def fill(path, size):
    """Write until the quota is full; say what the system says."""
    try:
        with open(path, "wb") as file:
            while True:
                file.write(bytes(size))
                file.flush()
    except OSError as e:
        return errno.errorcode[e.errno]
    finally:
        os.remove(path)


def main(input):
    try:
        left = os.listdir("/scratch")
        notes = Path("/data/notes.txt")
        with notes.open("a") as file:
            file.write(input.get("note", "an empty note") + "\n")
        Path("/scratch/draft.txt").write_text("nobody reads this later")
        full = fill("/scratch/big", 64 << 10) if input.get("fill", False) else None
        usage = filesystem.usage()
        return {
            "notes": notes.read_text().splitlines(),
            "left_in_scratch": left,
            "used": usage.data.used,
            "allowed": usage.data.allowed,
            "full": full,
            "outside": outside(),
        }
    except PermissionError:
        return {"refused": True}


def outside():
    try:
        return Path("/data/../../etc/passwd").read_text()
    except PermissionError:
        return "refused"
