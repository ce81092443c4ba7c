"""Draft and verify by hand: guess several tokens, run them as one pass, keep the run that was right, take the rest back.

Three drafters: what followed the same words before, a Jacobi window that improves its own guesses, and a second context that
sees little and runs ahead. The text is always the one that plain decoding gives.
"""

from inferlet import Context, Model, Sampler, runtime

TEXT = "one two three four five one two three four five one two three"


async def verify(ctx, last, drafts):
    """Run the last token and the drafts as rows; return the tokens that follow, and what the rows after them guessed."""
    forward = ctx.forward().input([last, *drafts]).defer_commit()
    handle = forward.sample(list(range(len(drafts) + 1)), Sampler.argmax())
    guesses = (await forward.execute()).tokens_at(handle)
    right = 0
    while right < len(drafts) and guesses[right] == drafts[right]:
        right += 1
    ctx.truncate(len(drafts) - right)  # the rejected rows go
    ctx.commit_working_pages(ctx.working_page_token_count // ctx.page_size)  # and what is full stays
    return guesses[: right + 1], guesses[right + 1 :]


class Lookup:
    async def draft(self, tokens, unused):
        for at in range(len(tokens) - 3, 0, -1):
            if tokens[at : at + 2] == tokens[-2:]:
                return tokens[at + 2 : at + 6]
        return []


class Jacobi:
    async def draft(self, tokens, unused):
        return (unused + [tokens[-1]] * 4)[:4]


class Ahead:
    """A second context that sees the last few tokens only, greedy, four tokens ahead."""

    def __init__(self, model):
        self.ctx, self.read = Context(model), 0
        self.ctx.set_window(12, sink=2)

    async def draft(self, tokens, unused):
        self.ctx.append(tokens[self.read :])
        self.read = len(tokens)
        await self.ctx.flush()
        with self.ctx.fork() as ahead:
            return await ahead.generate(Sampler.argmax(), max_tokens=4, stop=[], auto_flush=False).collect_tokens()


async def decode(model, prompt, n, drafter):
    with Context(model).append(prompt[:-1]) as ctx:
        await ctx.flush()
        tokens, unused, passes = list(prompt), [], 0
        while len(tokens) < len(prompt) + n:
            new, unused = await verify(ctx, tokens[-1], await drafter.draft(tokens, unused))
            tokens += new
            passes += 1
        return tokens[len(prompt) : len(prompt) + n], passes


async def main(input):
    model = Model.load(runtime.models()[0])
    prompt = model.tokenizer().encode(input.get("text", TEXT))
    n = input.get("max_tokens", 24)
    options = dict(max_tokens=n, stop=[], auto_flush=False, system_speculation=False)
    plain = await Context(model).append(prompt).generate(Sampler.argmax(), **options).collect_tokens()
    report = {"text": model.tokenizer().decode(plain), "same": {}, "passes": {"plain": n}}
    for name, drafter in (("lookup", Lookup()), ("jacobi", Jacobi()), ("second_context", Ahead(model))):
        tokens, passes = await decode(model, prompt, n, drafter)
        report["same"][name] = tokens == plain
        report["passes"][name] = passes
    return report
