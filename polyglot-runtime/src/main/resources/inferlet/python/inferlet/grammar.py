"""Grammars, matchers, and the constraints and schemas made from them."""

import _pie as _p

from ._loop import call
from ._record import Hosted
from ._values import ids as _ids
from ._values import seconds as _seconds
from ._values import wrong_type as _wrong_type
from .mask import Mask
from .model import Model, Tokenizer
from .sampler import handle


class Grammar:
    """What a text may be; compiled when it is made."""

    __slots__ = ("_h",)

    def __init__(self, h):
        self._h = h

    @staticmethod
    def from_json_schema(schema, *, lenient=False, compact=False):
        return Grammar(_p.grammar("json_schema", schema, lenient, compact))

    @staticmethod
    async def from_json_schema_async(schema, *, lenient=False, compact=False, timeout=None):
        return Grammar(await call(_p.grammar_async, "json_schema", schema, lenient, compact, timeout=timeout))

    @staticmethod
    def json():
        return Grammar(_p.grammar("json"))

    @staticmethod
    async def json_async(*, timeout=None):
        return Grammar(await call(_p.grammar_async, "json", timeout=timeout))

    @staticmethod
    def from_regex(pattern):
        return Grammar(_p.grammar("regex", pattern))

    @staticmethod
    async def from_regex_async(pattern, *, timeout=None):
        return Grammar(await call(_p.grammar_async, "regex", pattern, timeout=timeout))

    @staticmethod
    def from_ebnf(ebnf):
        return Grammar(_p.grammar("ebnf", ebnf))

    @staticmethod
    async def from_ebnf_async(ebnf, *, timeout=None):
        return Grammar(await call(_p.grammar_async, "ebnf", ebnf, timeout=timeout))

    @property
    def ignored(self):
        return list(_p.grammar_ignored(self._h))

    def __str__(self):
        return _p.grammar_text(self._h)


class Matcher:
    """Follows tokens through a grammar."""

    __slots__ = ("_h",)

    def __init__(self, grammar, tokenizer):
        self._h = _p.matcher(handle(grammar, Grammar, "grammar"), handle(tokenizer, Tokenizer, "tokenizer"))

    @classmethod
    async def create_async(cls, grammar, tokenizer, *, timeout=None):
        grammar, tokenizer = handle(grammar, Grammar, "grammar"), handle(tokenizer, Tokenizer, "tokenizer")
        return cls._of(await call(_p.matcher_async, grammar, tokenizer, timeout=timeout))

    @classmethod
    def _of(cls, h):
        matcher = object.__new__(cls)
        matcher._h = h
        return matcher

    def accept_tokens(self, token_ids):
        _p.matcher_accept(self._h, _ids(token_ids, "token_ids"))

    def next_token_logit_mask(self):
        return Mask(_p.matcher_mask(self._h))

    @property
    def is_terminated(self):
        return _p.matcher_terminated(self._h)

    def fork(self):
        return Matcher._of(_p.matcher_fork(self._h))

    def rollback(self, n):
        _p.matcher_rollback(self._h, n)

    def reset(self):
        _p.matcher_reset(self._h)


class GrammarConstraint:
    """A constraint that the engine follows by itself."""

    __slots__ = ("_h",)

    def __init__(self, matcher):
        self._h = _p.constraint(handle(matcher, Matcher, "matcher"))

    @classmethod
    def _of(cls, h):
        constraint = object.__new__(cls)
        constraint._h = h
        return constraint

    @classmethod
    async def create_async(cls, matcher, *, timeout=None):
        _seconds(timeout, "timeout")
        return cls(matcher)

    @staticmethod
    def from_grammar(grammar, model):
        return GrammarConstraint(Matcher(grammar, _tokenizer(model)))

    @staticmethod
    async def from_grammar_async(grammar, model, *, timeout=None):
        return GrammarConstraint(await Matcher.create_async(grammar, _tokenizer(model), timeout=timeout))

    @staticmethod
    def from_json_schema(schema, model, *, lenient=False, compact=False):
        return GrammarConstraint.from_grammar(Grammar.from_json_schema(schema, lenient=lenient, compact=compact), model)

    @staticmethod
    async def from_json_schema_async(schema, model, *, lenient=False, compact=False, timeout=None):
        made = Grammar.from_json_schema_async(schema, lenient=lenient, compact=compact, timeout=timeout)
        return await GrammarConstraint.from_grammar_async(await made, model, timeout=timeout)

    @staticmethod
    def json(model):
        return GrammarConstraint.from_grammar(Grammar.json(), model)

    @staticmethod
    async def json_async(model, *, timeout=None):
        return await GrammarConstraint.from_grammar_async(await Grammar.json_async(timeout=timeout), model, timeout=timeout)

    @staticmethod
    def from_regex(pattern, model):
        return GrammarConstraint.from_grammar(Grammar.from_regex(pattern), model)

    @staticmethod
    async def from_regex_async(pattern, model, *, timeout=None):
        made = await Grammar.from_regex_async(pattern, timeout=timeout)
        return await GrammarConstraint.from_grammar_async(made, model, timeout=timeout)

    @staticmethod
    def from_ebnf(ebnf, model):
        return GrammarConstraint.from_grammar(Grammar.from_ebnf(ebnf), model)

    @staticmethod
    async def from_ebnf_async(ebnf, model, *, timeout=None):
        made = await Grammar.from_ebnf_async(ebnf, timeout=timeout)
        return await GrammarConstraint.from_grammar_async(made, model, timeout=timeout)

    def step(self, accepted):
        return Mask(_p.constraint_step(self._h, _ids(accepted, "accepted")))

    def fork(self):
        return GrammarConstraint._of(_p.constraint_fork(self._h))

    def rollback(self, n):
        _p.constraint_rollback(self._h, n)

    @property
    def is_terminated(self):
        return _p.constraint_terminated(self._h)


def _tokenizer(model):
    return Tokenizer(_p.model_tokenizer(handle(model, Model, "model")))


class _Schema(Hosted):
    __slots__ = ()

    def build_constraint(self, model):
        return GrammarConstraint._of(_p.schema_build(self._h, handle(model, Model, "model")))


class JsonSchema(_Schema):
    __slots__ = ("schema", "lenient", "compact")

    def __init__(self, schema, *, lenient=False, compact=False):
        self._made(_p.schema("json_schema", schema, lenient, compact), schema, lenient, compact)


class AnyJson(_Schema):
    __slots__ = ()

    def __init__(self):
        self._made(_p.schema("json"))


class Regex(_Schema):
    __slots__ = ("pattern",)

    def __init__(self, pattern):
        self._made(_p.schema("regex", pattern), pattern)


class Ebnf(_Schema):
    __slots__ = ("source",)

    def __init__(self, source):
        self._made(_p.schema("ebnf", source), source)


class GrammarSchema(_Schema):
    __slots__ = ("grammar",)

    def __init__(self, grammar):
        self._made(_p.schema("grammar", handle(grammar, Grammar, "grammar")), grammar)


def constraints(given, model):
    """Return the host's objects behind schemas and constraints; those of the program's own are handed to the host, which asks them."""
    all_of = given if isinstance(given, (list, tuple)) else [given]
    handles = []
    for one in all_of:
        if not hasattr(one, "_h") and hasattr(one, "build_constraint"):
            one = one.build_constraint(model)
        if hasattr(one, "_h"):
            handles.append(one._h)
        elif hasattr(one, "step"):
            handles.append(_p.callback(one))
        else:
            raise _wrong_type("constrain", "a Schema, a Constraint or a list of them", one)
    return handles


def drafter(given):
    """Return the host's object behind a speculator."""
    if hasattr(given, "draft"):
        return _p.callback(given)
    from .errors import InvalidTypeError

    raise InvalidTypeError(f"speculator must have a method draft(), got {type(given).__name__}")
