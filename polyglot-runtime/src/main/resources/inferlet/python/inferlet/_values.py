"""Turn the host's results into Python values; called by the host."""

import json
import types


def list_of(*items):
    return list(items)


def bytes_of(latin):
    return latin.encode("latin-1")


def record_of(text):
    return json.loads(text, object_hook=lambda fields: types.SimpleNamespace(**fields))


class Scope:
    """Close on the way out of `with` and `async with`."""

    __slots__ = ()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        self.close()


class Tokens(list):
    """Token ids of a step; `ends` says that a decoder must end its turn after them."""

    __slots__ = ("ends",)

    def __init__(self, ids=(), ends=False):
        list.__init__(self, ids)
        self.ends = ends


def ids(values):
    """Return something that the host reads as ids: a list as it is, any iterable as a list."""
    if isinstance(values, (list, tuple)):
        return values
    try:
        each = iter(values)
    except TypeError:
        from .errors import InvalidTypeError

        raise InvalidTypeError(f"expected an iterable of int, got {type(values).__name__}") from None
    return list(each)


def options(names, given):
    """Return known options as name, value, name, value …"""
    flat = []
    for name, value in given.items():
        if name not in names:
            raise TypeError(f"unexpected option '{name}'; known: {', '.join(names)}")
        if value is not None:
            flat.append(name)
            flat.append(list(value) if isinstance(value, (set, frozenset, range)) else getattr(value, "_h", value))
    return flat


def text_of(value):
    """Return a text as it is, anything else as JSON."""
    if isinstance(value, str):
        return str(value)
    if hasattr(value, "model_dump_json"):
        return value.model_dump_json()
    return json.dumps(value, default=str, ensure_ascii=False)


def later(what, why):
    """Make a function that refuses, for what this server does not offer."""

    def refuse(*args, **kwargs):
        from .errors import UnsupportedError

        raise UnsupportedError(f"{what}: {why}")

    refuse.__name__ = what.rsplit(".", 1)[-1]
    refuse.__qualname__ = what
    return refuse
