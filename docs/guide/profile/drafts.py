"""Make up keys of 32 hex digits, with a drafter that guesses each from the ones before: hardly a guess can hold."""

from inferlet import Context, Model, Regex, Sampler, runtime


class Guess:
    """Guess that what followed the last token before follows it again."""

    def __init__(self, most=8):
        self.tokens, self.most = [], most

    def draft(self):
        for at in range(len(self.tokens) - 2, -1, -1):
            if self.tokens[at] == self.tokens[-1]:
                found = self.tokens[at + 1 : at + 1 + self.most]
                return found, [0] * len(found)
        return [], []

    def accept(self, tokens):
        self.tokens += tokens

    def rollback(self, n):
        pass


async def main(input):
    ctx = Context(Model.load(runtime.models()[0]))
    ctx.user("Make up random keys of 32 hex digits.")
    generation = ctx.generate(
        Sampler.top_p(2.0, 1.0, seed=7),
        constrain=Regex(r"([0-9a-f]{32}\n){6}"),
        max_tokens=input.get("tokens", 128),
        speculator=Guess() if input.get("before", True) else None,
    )
    text = await generation.collect_text()
    stats = runtime.stats()
    return {"characters": len(text), "drafted": stats.tokens_drafted, "accepted": stats.tokens_accepted}
