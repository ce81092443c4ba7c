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
    def json() -> Grammar:
        """Take any JSON."""
    @staticmethod
    def from_regex(pattern: str) -> Grammar:
        """Take texts that a regular expression matches as a whole."""
    @staticmethod
    def from_ebnf(grammar: str) -> Grammar:
        """Take texts of an EBNF grammar with the rule `root`."""
    @property
    def ignored(self) -> list[str]:
        """Keywords that `lenient` left out."""

class Matcher:
    """Follows tokens through a grammar."""

    def __init__(self, grammar: Grammar, tokenizer: Tokenizer) -> None: ...
    def accept_tokens(self, ids: Ids) -> None:
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
    @staticmethod
    def from_grammar(grammar: Grammar, model: Model) -> GrammarConstraint:
        """Follow a grammar."""
    @staticmethod
    def from_json_schema(schema: JsonSource, model: Model) -> GrammarConstraint:
        """Follow a JSON Schema."""
    @staticmethod
    def json(model: Model) -> GrammarConstraint:
        """Follow any JSON."""
    @staticmethod
    def from_regex(pattern: str, model: Model) -> GrammarConstraint:
        """Follow a regular expression."""
    @staticmethod
    def from_ebnf(grammar: str, model: Model) -> GrammarConstraint:
        """Follow an EBNF grammar."""
    def step(self, accepted: Ids) -> Mask:
        """Advance by tokens, and return which may come next."""

class _Schema:
    def build_constraint(self, model: Model) -> GrammarConstraint:
        """Make the constraint for a model."""

class JsonSchema(_Schema):
    """Hold a text to a JSON Schema."""

    def __init__(self, schema: JsonSource, *, lenient: bool = False, compact: bool = False) -> None: ...

class AnyJson(_Schema):
    """Hold a text to JSON of any form."""

    def __init__(self) -> None: ...

class Regex(_Schema):
    """Hold a text to a regular expression."""

    def __init__(self, pattern: str) -> None: ...

class Ebnf(_Schema):
    """Hold a text to an EBNF grammar."""

    def __init__(self, source: str) -> None: ...

class GrammarSchema(_Schema):
    """Hold a text to a grammar that was made before."""

    def __init__(self, grammar: Grammar) -> None: ...
