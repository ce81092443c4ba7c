"""Hold generations to rules of one's own: a constraint, a schema, a matcher walked by hand, and several of them at once."""
import json
from dataclasses import replace

from inferlet import (
    AnyJson, Constraint, Context, Ebnf, Grammar, GrammarConstraint, JsonSchema, Matcher, Model, Regex, Sampler, Schema,
    runtime,
)


class Never:
    """Some tokens may not come."""

    def __init__(self, size: int, banned: list[int]) -> None:
        self.steps = 0
        runs, at = [0], 0
        for token in sorted(banned):
            runs += [token - at, 1]
            at = token + 1
        self.runs = runs + [size - at]

    def step(self, accepted: list[int]) -> list[int]:
        self.steps += 1
        return self.runs


class Free:
    def step(self, accepted):
        return []


class Answer:
    def __init__(self, *words: str) -> None:
        self.words = words

    def build_constraint(self, model: Model) -> GrammarConstraint:
        rule = " | ".join(json.dumps(word) for word in self.words)
        return GrammarConstraint.from_grammar(grammar=Grammar.from_ebnf(ebnf=f"root ::= {rule}"), model=model)


async def ask(model: Model, text: str, **options) -> str:
    ctx = Context(model)
    ctx.user(text).cue()
    return await ctx.generate(Sampler.argmax(), max_tokens=24, **options).collect_text()


async def main(input: dict) -> dict:
    model = Model.load(runtime.models()[0])
    tk = model.tokenizer()
    size = len(tk.vocabs()[0])
    plain = await ask(model, "Say hello.")
    never = Never(size, tk.encode(plain)[:1])
    other = await ask(model, "Say hello.", constrain=[Free(), never])
    choice = await ask(model, "Is fire hot?", constrain=Answer("yes", "no"))
    both = await ask(model, "A number?", constrain=[Regex(pattern="[0-9]{1,3}"), GrammarConstraint.from_regex("[1-4]+", model)])
    banned = await ask(model, "Say hello.", logit_mask=never.runs)
    pair = Ebnf(source='root ::= "<" [a-z]+ ">"')
    chained = Context(model).user("A tag?").generate(Sampler.argmax()).constrain(c=pair).max_tokens(n=24).horizon(n=24).rebid_each_step(enabled=False)
    tag = await chained.collect_text()

    m = Matcher(Grammar.from_regex(r"ab?c"), model.tokenizer())
    legal = m.next_token_logit_mask()
    m.accept_tokens(token_ids=tk.encode("abc"))
    before = m.is_terminated
    m.reset()
    anything = await Context(model).user("Two digits?").generate(
        Sampler.argmax(), max_tokens=40, constrain=[AnyJson(), Regex(r"\[[0-9], [0-9]\]")]
    ).collect_json(parse=lambda text: type(json.loads(text)).__name__)
    schema = JsonSchema(schema='{"type":"integer"}')
    try:
        Grammar.from_json_schema("{")
        refused = ""
    except Exception as e:
        refused = f"{e}"
    return {
        "other": other != plain and never.steps > 0,
        "choice": choice in ("yes", "no"),
        "both": both,
        "banned": banned == other,
        "tag": tag[:1] + tag[-1:] if chained.is_done else tag,
        "legal": isinstance(legal, list) and sum(legal[1::2]) > 0,
        "walked": [before, m.next_token_logit_mask() == legal],
        "protocols": [isinstance(Answer("x"), Schema), isinstance(never, Constraint), isinstance(3, Schema), isinstance(Answer("x"), Constraint), isinstance(pair, Schema)],
        "fields": [schema.schema, pair.source[:4], Regex("a+").pattern, AnyJson() == AnyJson(), replace(schema, schema="{}") == JsonSchema("{}")],
        "json": anything,
        "refused": len(refused) > 10,
    }
