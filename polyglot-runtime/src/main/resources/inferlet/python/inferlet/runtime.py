"""What a program may know of itself and the engine."""

import _pie as _p

from ._values import later


def version():
    return _p.runtime_version()


def instance_id():
    return _p.runtime_instance_id()


def username():
    return _p.runtime_username()


def models():
    return _p.runtime_models()


def program():
    return _p.runtime_program()


def stats():
    return _p.runtime_stats()


launch = later("runtime.launch", "this server starts no child processes")
