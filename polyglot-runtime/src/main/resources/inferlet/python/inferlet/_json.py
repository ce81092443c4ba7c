"""JSON by the interpreter's reader and writer, which the standard json has too, without the imports of that: re, and with it enum."""

import _json


class _Reading:
    """What json.JSONDecoder says to the reader."""

    strict = True
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = {"-Infinity": float("-inf"), "Infinity": float("inf"), "NaN": float("nan")}.__getitem__

    def __init__(self, object_hook):
        self.object_hook = object_hook
        self.memo = {}


_SPACE = " \t\n\r"


def reader(object_hook=None):
    """Make a function that reads as json.loads does, and fails with its errors."""
    scan = _json.make_scanner(_Reading(object_hook))

    def loads(text):
        if isinstance(text, str):
            try:
                value, end = scan(text, len(text) - len(text.lstrip(_SPACE)))
                if not text[end:].strip(_SPACE):
                    return value
            except (StopIteration, ValueError):
                pass
        import json

        return json.loads(text, object_hook=object_hook)

    return loads


loads = reader()


def _refuse(value):
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def dumps(value, *, default=_refuse, ensure_ascii=True):
    """Write as json.dumps does."""
    string = _json.encode_basestring_ascii if ensure_ascii else _json.encode_basestring
    if isinstance(value, str):
        return string(value)
    return "".join(_json.make_encoder({}, default, string, None, ": ", ", ", False, False, True)(value, 0))
