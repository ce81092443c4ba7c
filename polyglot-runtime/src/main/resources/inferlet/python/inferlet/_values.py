"""Turn the host's results into Python values; called by the host."""

import types

from . import _json


def list_of(*items):
    return list(items)


def bytes_of(latin):
    return latin.encode("latin-1")


record_of = _json.reader(lambda fields: types.SimpleNamespace(**fields))


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


def wrong_type(name, expected, value):
    """Make the error for an argument of the wrong type."""
    from .errors import InvalidTypeError

    return InvalidTypeError(f"{name} must be {expected}, got {type(value).__name__}")


def ids(values, name="ids"):
    """Return something that the host reads as a list: a list as it is, any iterable as a list."""
    if isinstance(values, (list, tuple)):
        return values
    try:
        each = iter(values)
    except TypeError:
        raise wrong_type(name, "an iterable", values) from None
    return list(each)


def options(names, given):
    """Return known options as name, value, name, value …"""
    flat = []
    for name, value in given.items():
        if name not in names:
            from .errors import InvalidTypeError

            raise InvalidTypeError(f"unexpected option '{name}'; known: {', '.join(names)}")
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
    try:
        return _json.dumps(value, default=str, ensure_ascii=False)
    except (ValueError, TypeError, RecursionError) as e:
        from .errors import InvalidArgumentError

        raise InvalidArgumentError(f"the value cannot be written as JSON: {e}") from None


def seconds(value, name):
    """Return a time in seconds, as given; None is no limit."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
        raise wrong_type(name, "a number of seconds", value)
    if value is not None and value != value:
        from .errors import InvalidArgumentError

        raise InvalidArgumentError(f"{name} must be a number of seconds, got nan")
    return value


def later(what, why):
    """Make a function that refuses, for what this server does not offer."""

    def refuse(*args, **kwargs):
        from .errors import UnsupportedError

        raise UnsupportedError(f"{what}: {why}")

    refuse.__name__ = what.rsplit(".", 1)[-1]
    refuse.__qualname__ = what
    return refuse
