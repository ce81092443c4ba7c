"""Draft from an n-gram table of one's own; what comes out is what comes without it."""
from inferlet import Context, Model, Sampler, runtime
from inferlet.spec import Speculator

PROMPT = "Repeat exactly: one two three one two three one two three"


class Lookup:
    def __init__(self, seen: list[int]) -> None:
        self.tokens = list(seen)
        self.drafted = self.accepted = self.undone = self.resets = 0

    def draft(self) -> tuple[list[int], list[int]]:
        last = self.tokens[-1]
        for i in range(len(self.tokens) - 2, -1, -1):
            if self.tokens[i] == last:
                run = self.tokens[i + 1 : i + 4]
                self.drafted += len(run)
                return run, list(range(len(self.tokens), len(self.tokens) + len(run)))
        return [], []

    def accept(self, tokens: list[int]) -> None:
        self.tokens.extend(tokens)
        self.accepted += len(tokens)

    def rollback(self, n: int) -> None:
        self.undone += n

    def reset(self) -> None:
        self.resets += 1


class Silent(Speculator):
    def draft(self):
        return [], []


async def run(model: Model, **options) -> list[int]:
    with Context(model) as ctx:
        ctx.user(PROMPT)
        return await ctx.generate(Sampler.argmax(), max_tokens=24, **options).collect_tokens()


async def main(input):
    model = Model.load(runtime.models()[0])
    plain = await run(model, system_speculation=False)
    lookup = Lookup(model.tokenizer().encode(PROMPT))
    drafted = await run(model, speculator=lookup)
    ctx = Context(model).user(PROMPT)
    off = await ctx.generate(Sampler.argmax(), max_tokens=24).disable_system_speculation().collect_tokens()
    try:
        Context(model).user("x").generate(Sampler.argmax(), speculator=lookup, system_speculation=True)
        both = "taken"
    except ValueError as e:
        both = f"{e}"
    return {
        "same": drafted == plain and off == plain and await run(model, system_speculation=True) == plain,
        "silent": await run(model, speculator=Silent()) == plain,
        "drafted": lookup.drafted > 0 and lookup.accepted == len(plain),
        "default": model.default_system_speculation() in (True, False),
        "protocol": [isinstance(lookup, Speculator), isinstance(Silent(), Speculator), isinstance("text", Speculator)],
        "both": "speculator" in both and "system_speculation" in both,
    }
