"""Grammars, matchers, and the constraints and schemas made from them."""

from ._types import Ids, JsonSource
from .mask import Mask
from .model import Model, Tokenizer

class Grammar:
    """What a text may be; compiled when it is made."""

    @staticmethod
    def from_json_schema(schema: JsonSource, *, lenient: bool = False, compact: bool = False) -> Grammar:
        """Take a JSON Schema; `lenient` leaves out what is not supported, `compact` allows no white space."""
    @staticmethod
    async def from_json_schema_async(
        schema: JsonSource, *, lenient: bool = False, compact: bool = False, timeout: float | None = None
    ) -> Grammar:
        """As `from_json_schema`, awaitable."""
    @staticmethod
    def json() -> Grammar:
        """Take any JSON."""
    @staticmethod
    async def json_async(*, timeout: float | None = None) -> Grammar:
        """As `json`, awaitable."""
    @staticmethod
    def from_regex(pattern: str) -> Grammar:
        """Take texts that a regular expression matches as a whole."""
    @staticmethod
    async def from_regex_async(pattern: str, *, timeout: float | None = None) -> Grammar:
        """As `from_regex`, awaitable."""
    @staticmethod
    def from_ebnf(ebnf: str) -> Grammar:
        """Take texts of an EBNF grammar with the rule `root`."""
    @staticmethod
    async def from_ebnf_async(ebnf: str, *, timeout: float | None = None) -> Grammar:
        """As `from_ebnf`, awaitable."""
    @property
    def ignored(self) -> list[str]:
        """Keywords that `lenient` left out."""

class Matcher:
    """Follows tokens through a grammar."""

    def __init__(self, grammar: Grammar, tokenizer: Tokenizer) -> None: ...
    @classmethod
    async def create_async(cls, grammar: Grammar, tokenizer: Tokenizer, *, timeout: float | None = None) -> Matcher:
        """As the constructor, awaitable."""
    def accept_tokens(self, token_ids: Ids) -> None:
        """Advance by all of these tokens, or by none. GRAMMAR_VIOLATION where one is not allowed."""
    def next_token_logit_mask(self) -> Mask:
        """Return which tokens may come next."""
    @property
    def is_terminated(self) -> bool:
        """Whether a stop token was accepted."""
    def fork(self) -> Matcher:
        """Return a copy."""
    def rollback(self, n: int) -> None:
        """Undo the last n tokens."""
    def reset(self) -> None:
        """Go back to the beginning."""

class GrammarConstraint:
    """A constraint that the engine follows by itself."""

    def __init__(self, matcher: Matcher) -> None: ...
    @classmethod
    async def create_async(cls, matcher: Matcher, *, timeout: float | None = None) -> GrammarConstraint:
        """As the constructor, awaitable."""
    @staticmethod
    def from_grammar(grammar: Grammar, model: Model) -> GrammarConstraint:
        """Follow a grammar."""
    @staticmethod
    async def from_grammar_async(grammar: Grammar, model: Model, *, timeout: float | None = None) -> GrammarConstraint:
        """As `from_grammar`, awaitable."""
    @staticmethod
    def from_json_schema(schema: JsonSource, model: Model, *, lenient: bool = False, compact: bool = False) -> GrammarConstraint:
        """Follow a JSON Schema."""
    @staticmethod
    async def from_json_schema_async(
        schema: JsonSource, model: Model, *, lenient: bool = False, compact: bool = False, timeout: float | None = None
    ) -> GrammarConstraint:
        """As `from_json_schema`, awaitable."""
    @staticmethod
    def json(model: Model) -> GrammarConstraint:
        """Follow any JSON."""
    @staticmethod
    async def json_async(model: Model, *, timeout: float | None = None) -> GrammarConstraint:
        """As `json`, awaitable."""
    @staticmethod
    def from_regex(pattern: str, model: Model) -> GrammarConstraint:
        """Follow a regular expression."""
    @staticmethod
    async def from_regex_async(pattern: str, model: Model, *, timeout: float | None = None) -> GrammarConstraint:
        """As `from_regex`, awaitable."""
    @staticmethod
    def from_ebnf(ebnf: str, model: Model) -> GrammarConstraint:
        """Follow an EBNF grammar."""
    @staticmethod
    async def from_ebnf_async(ebnf: str, model: Model, *, timeout: float | None = None) -> GrammarConstraint:
        """As `from_ebnf`, awaitable."""
    def step(self, accepted: Ids) -> Mask:
        """Advance by tokens, and return which may come next."""
    def fork(self) -> GrammarConstraint:
        """Return a copy."""
    def rollback(self, n: int) -> None:
        """Undo the last n tokens."""
    @property
    def is_terminated(self) -> bool:
        """Whether a stop token was accepted."""

class _Schema:
    def build_constraint(self, model: Model) -> GrammarConstraint:
        """Make the constraint for a model."""

class JsonSchema(_Schema):
    """Hold a text to a JSON Schema."""

    schema: JsonSource
    lenient: bool
    compact: bool

    def __init__(self, schema: JsonSource, *, lenient: bool = False, compact: bool = False) -> None: ...

class AnyJson(_Schema):
    """Hold a text to JSON of any form."""

    def __init__(self) -> None: ...

class Regex(_Schema):
    """Hold a text to a regular expression."""

    pattern: str

    def __init__(self, pattern: str) -> None: ...

class Ebnf(_Schema):
    """Hold a text to an EBNF grammar."""

    source: str

    def __init__(self, source: str) -> None: ...

class GrammarSchema(_Schema):
    """Hold a text to a grammar that was made before."""

    grammar: Grammar

    def __init__(self, grammar: Grammar) -> None: ...
