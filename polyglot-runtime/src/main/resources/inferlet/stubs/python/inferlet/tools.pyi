"""Tools for the model to call. On a model without a tool form nothing is registered, and no call is found."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias, overload

from ._types import Ids, ToolLike
from .forward import Output
from .grammar import Grammar, Matcher
from .model import Model

class Event:
    """What a decoder read: Start, Call(name, args)."""

    @dataclass(frozen=True, slots=True)
    class Start: ...

    @dataclass(frozen=True, slots=True)
    class Call:
        name: str
        args: str

AnyEvent: TypeAlias = Event.Start | Event.Call

def supported(model: Model) -> bool:
    """Say whether the template has a tool form."""

def equip_prefix(model: Model, tools: Iterable[ToolLike]) -> list[int]:
    """Return the ids that register tools, none without a tool form."""

def answer_prefix(model: Model, name: str, value: Any) -> list[int]:
    """Return the ids that frame what a tool returned."""

def native_grammar(model: Model, tools: Iterable[ToolLike]) -> Grammar | None:
    """Return the grammar of the model's own form of calls, None without one."""

async def native_grammar_async(model: Model, tools: Iterable[ToolLike], *, timeout: float | None = None) -> Grammar | None:
    """As `native_grammar`, awaitable."""

def native_matcher(model: Model, tools: Iterable[ToolLike]) -> Matcher | None:
    """Return a matcher of that grammar."""

async def native_matcher_async(model: Model, tools: Iterable[ToolLike], *, timeout: float | None = None) -> Matcher | None:
    """As `native_matcher`, awaitable."""

def parse_calls(model: Model, output: str | Ids) -> list[Event.Call]:
    """Return all calls of a finished output."""

def parse_call(model: Model, output: str | Ids) -> Event.Call | None:
    """Return the first call of a finished output."""

class Decoder:
    """Turn tokens into the calls that they hold; `feed` gives Start where there is none."""

    def __init__(self, model: Model) -> None: ...
    def feed(self, tokens: Ids | Output) -> AnyEvent:
        """Take tokens; return the oldest call, else Start."""
    def feed_all(self, tokens: Ids | Output) -> list[AnyEvent]:
        """Take tokens; return all events in order."""
    def reset(self) -> None:
        """Begin anew."""

class Tool:
    """A function that a model may call: `name`, `description`, and `schema` of its arguments."""

    name: str
    description: str
    schema: dict[str, Any]
    def __init__(self, function: Callable[..., Any], description: str | None = None) -> None: ...
    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...
    async def call(self, arguments: str | dict[str, Any] = "{}") -> Any:
        """Check arguments against the schema, and call the function with them."""

@overload
def tool(given: Callable[..., Any]) -> Tool: ...
@overload
def tool(given: str | None = None) -> Callable[[Callable[..., Any]], Tool]:
    """Make a tool of a function: `@tools.tool`, or `@tools.tool("what it does")`."""
