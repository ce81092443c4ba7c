"""Tools for the model to call. On a model without a tool form nothing is registered, and no call is found."""

import _pie as _p

from . import _json
from ._loop import call
from ._record import Record
from ._values import ids as _ids
from ._values import text_of
from .forward import Output
from .grammar import Grammar, Matcher
from .model import Model
from .sampler import handle


class Event:
    """What a decoder read: Start, Call(name, args)."""

    class Start(Record):
        __slots__ = ()

    class Call(Record):
        __slots__ = ("name", "args")


AnyEvent = Event.Start | Event.Call


def _event(kind, *values):
    return Event.Start() if kind == "start" else Event.Call(*values)


def supported(model):
    return _p.tools_supported(handle(model, Model, "model"))


def equip_prefix(model, tools):
    return _p.tools_equip_prefix(handle(model, Model, "model"), described(tools))


def answer_prefix(model, name, value):
    return _p.tools_answer_prefix(handle(model, Model, "model"), name, text_of(value))


def native_grammar(model, tools):
    h = _p.tools_native_grammar(handle(model, Model, "model"), described(tools))
    return None if h is None else Grammar(h)


async def native_grammar_async(model, tools, *, timeout=None):
    h = await call(_p.tools_native_grammar_async, handle(model, Model, "model"), described(tools), timeout=timeout)
    return None if h is None else Grammar(h)


def native_matcher(model, tools):
    h = _p.tools_native_matcher(handle(model, Model, "model"), described(tools))
    return None if h is None else Matcher._of(h)


async def native_matcher_async(model, tools, *, timeout=None):
    h = await call(_p.tools_native_matcher_async, handle(model, Model, "model"), described(tools), timeout=timeout)
    return None if h is None else Matcher._of(h)


def parse_calls(model, output):
    output = output if isinstance(output, str) else _ids(output)
    return [_event(*e) for e in _p.tools_parse_calls(handle(model, Model, "model"), output)]


def parse_call(model, output):
    return next(iter(parse_calls(model, output)), None)


class Decoder:
    """Turn tokens into the calls that they hold; `feed` gives Start where there is none."""

    __slots__ = ("_h",)

    def __init__(self, model):
        self._h = _p.tools_decoder_new(handle(model, Model, "model"))

    def _take(self, feed, tokens):
        return feed(self._h, _ids(tokens.tokens if isinstance(tokens, Output) else tokens, "tokens"))

    def feed(self, tokens):
        return _event(*self._take(_p.tools_decoder_feed, tokens))

    def feed_all(self, tokens):
        return [_event(*e) for e in self._take(_p.tools_decoder_feed_all, tokens)]

    def reset(self):
        _p.tools_decoder_reset(self._h)


def described(tools):
    """What the host takes: name, description and parameters of each."""
    return [
        {"name": t.name, "description": t.description, "parameters": t.schema} if isinstance(t, Tool) else t
        for t in _ids(tools, "tools")
    ]


class Tool:
    """A function that a model may call: `name`, `description`, and `schema` of its arguments."""

    def __init__(self, function, description=None):
        import inspect

        self._function = function
        self.name = self.__name__ = function.__name__
        self.__doc__ = function.__doc__
        self.description = description if description is not None else inspect.getdoc(function) or ""
        self._types, self.schema = _signature(function)

    def __call__(self, *args, **kwargs):
        return self._function(*args, **kwargs)

    async def call(self, arguments="{}"):
        """Check arguments, JSON text or a dict, against the schema, and call the function with them."""
        _p.tools_check(self.name, self.schema, arguments)
        given = arguments if isinstance(arguments, dict) else _json.loads(arguments or "{}")
        result = self._function(**{name: _value(value, self._types.get(name)) for name, value in given.items()})
        return await result if hasattr(result, "__await__") else result

    def __repr__(self):
        return f"Tool({self.name!r})"


def tool(given=None):
    """Make a tool of a function: `@tools.tool`, or `@tools.tool("what it does")`."""
    if callable(given):
        return Tool(given)
    return lambda function: Tool(function, given)


def _signature(function):
    import inspect
    import typing

    types = typing.get_type_hints(function)
    fields, required = {}, []
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        fields[name] = _schema(types.get(name))
        if parameter.default is parameter.empty:
            required.append(name)
        elif isinstance(parameter.default, (str, int, float, bool)):
            fields[name] = {**fields[name], "default": parameter.default}
    return types, {"type": "object", "properties": fields, "required": required, "additionalProperties": False}


_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null", dict: "object", list: "array"}


def _schema(of):
    """The JSON Schema of a type."""
    import dataclasses
    import enum
    import types
    import typing

    origin, arguments = typing.get_origin(of), typing.get_args(of)
    if of in _PLAIN:
        return {"type": _PLAIN[of]}
    if origin is typing.Annotated:
        schema = _schema(arguments[0])
        text = next((a for a in arguments[1:] if isinstance(a, str)), None)
        return schema if text is None else {**schema, "description": text}
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [_schema(a) for a in arguments]}
    if origin in (list, set, frozenset, tuple):
        return {"type": "array", "items": _schema(arguments[0]) if arguments else {}}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(arguments[1])}
    if isinstance(of, type) and issubclass(of, enum.Enum):
        return {"enum": [member.value for member in of]}
    if dataclasses.is_dataclass(of):
        hints = typing.get_type_hints(of)
        fields = {field.name: _schema(hints[field.name]) for field in dataclasses.fields(of)}
        required = [
            f.name
            for f in dataclasses.fields(of)
            if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
        ]
        return {"type": "object", "properties": fields, "required": required, "additionalProperties": False}
    return {}


def _value(value, of):
    """A JSON value as the type that a function asked for."""
    import dataclasses
    import enum
    import types
    import typing

    origin, arguments = typing.get_origin(of), typing.get_args(of)
    if origin is typing.Annotated:
        return _value(value, arguments[0])
    if origin in (typing.Union, types.UnionType):
        return value if value is None else _value(value, next(a for a in arguments if a is not type(None)))
    if origin in (list, set, frozenset) and isinstance(value, list):
        return origin(_value(v, arguments[0]) for v in value)
    if origin is dict and isinstance(value, dict):
        return {k: _value(v, arguments[1]) for k, v in value.items()}
    if of is float and isinstance(value, int):
        return float(value)
    if isinstance(of, type) and issubclass(of, enum.Enum):
        return of(value)
    if dataclasses.is_dataclass(of) and isinstance(value, dict):
        hints = typing.get_type_hints(of)
        return of(**{k: _value(v, hints.get(k)) for k, v in value.items()})
    return value
