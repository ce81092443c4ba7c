"""Names of types that several modules use. They exist for editors only."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeAlias

from .grammar import AnyJson, Ebnf, GrammarConstraint, GrammarSchema, JsonSchema, Regex
from .mask import Mask
from .model import Model
from .tools import Tool

Ids: TypeAlias = Iterable[int]
Brle: TypeAlias = Mask | list[int]
Bias: TypeAlias = Mapping[int, float] | tuple[Brle, float]
Json: TypeAlias = Any
JsonSource: TypeAlias = str | dict[str, Any]
ToolLike: TypeAlias = Tool | Mapping[str, Any]
Stops: TypeAlias = str | int | Iterable[int | str]

class SchemaLike(Protocol):
    def build_constraint(self, model: Model) -> Any: ...

class ConstraintLike(Protocol):
    def step(self, accepted: list[int]) -> Brle: ...

class SpeculatorLike(Protocol):
    def draft(self) -> tuple[Any, ...]: ...
    def accept(self, tokens: list[int]) -> Any: ...

Constrains: TypeAlias = (
    JsonSchema | AnyJson | Regex | Ebnf | GrammarSchema | GrammarConstraint | SchemaLike | ConstraintLike
    | list[JsonSchema | AnyJson | Regex | Ebnf | GrammarSchema | GrammarConstraint | SchemaLike | ConstraintLike]
)
