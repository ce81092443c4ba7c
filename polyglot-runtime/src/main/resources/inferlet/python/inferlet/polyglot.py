"""Files of the program in other languages: their functions are called with plain values and objects of this package."""

import _pie as _p

from . import _json
from .errors import InvalidArgumentError, InvalidTypeError

_REFERENCE = "$pie"
_DEEPEST = 64


def _wrap(h):
    from . import adapter, forward, generation, grammar, model, sampler
    from .context import Context

    def bare(cls):
        made = object.__new__(cls)
        object.__setattr__(made, "_h", h)
        return made

    def context(h):
        return Context._of(h, model.Model(_p.ctx_model(h)))

    kind = _p.object_kind(h)
    if kind == "Context":
        return context(h)
    if kind == "Generator":
        return generation.Generator(h, context(_p.gen_context(h)))
    for name, cls in (
        ("Matcher", grammar.Matcher), ("Schema", grammar._Schema), ("Constraint", grammar.GrammarConstraint),
        ("Probe", sampler._Probe),
    ):  # fmt: skip
        if kind == name:
            return bare(cls)
    for module in (model, sampler, grammar, generation, forward, adapter):
        if hasattr(module, kind):
            return getattr(module, kind)(h)
    raise InvalidTypeError(f"polyglot: a {kind} is not passed between languages")


def _dollars(key):
    return key.startswith("$") and key.lstrip("$") == "pie"


def _plain(v, handles, depth=0):
    if depth > _DEEPEST:
        raise InvalidArgumentError(f"polyglot: a value is nested more than {_DEEPEST} levels deep")
    if v is None or isinstance(v, (bool, int, str)):
        return v
    if isinstance(v, float):
        return v if v - v == 0 else None
    if hasattr(v, "_h"):
        handles.append(v._h)
        return {_REFERENCE: len(handles) - 1}
    if hasattr(v, "__dataclass_fields__"):
        v = {name: getattr(v, name) for name in v.__dataclass_fields__}
    if isinstance(v, dict):
        keys = ((str(k), item) for k, item in v.items())
        return {"$" + k if _dollars(k) else k: _plain(item, handles, depth + 1) for k, item in keys}
    if isinstance(v, (list, tuple, set, frozenset, range, bytes, bytearray)):
        return [_plain(item, handles, depth + 1) for item in v]
    if hasattr(v, "__dict__") and type(v).__name__ == "SimpleNamespace":
        return _plain(vars(v), handles, depth)
    raise InvalidTypeError(f"polyglot: a {type(v).__name__} is not passed to other languages")


def _lower(value, handles):
    """Turn plain values into JSON, objects of this package into references to handles."""
    return _json.dumps(_plain(value, handles))


def _lift(text, handles):
    def made(v):
        at = v.get(_REFERENCE)
        if isinstance(at, int):
            return _wrap(handles[at])
        return {k[1:] if _dollars(k) else k: item for k, item in v.items()}

    return _json.reader(made)(text)


class Module:
    """A file in another language; its functions are attributes, and each call runs to its end."""

    def __init__(self, file):
        module = _p.module_load(file)
        self._file = file
        self._names = list(_p.module_functions(module))
        for name in self._names:
            setattr(self, name, self._function(module, name))

    @staticmethod
    def _function(module, name):
        def call(*args):
            handles = []
            text, *back = _p.module_call(module, name, _lower(args, handles), *handles)
            return _lift(text, back)

        call.__name__ = call.__qualname__ = name
        return call

    def __getattr__(self, name):
        raise AttributeError(f"{self._file} has no function '{name}'; it has {', '.join(self._names)}")

    def __repr__(self):
        return f"Module({self._file!r})"


def load(file):
    """Load a file of the program, once."""
    return Module(file)
