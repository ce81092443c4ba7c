"""Next-step control: take a generation token by token, leave it in the middle, write something of your own, and go on.

However far the engine runs ahead of the program, and whether or not the program looks at every step, the text is the same.
"""

from inferlet import Context, Model, Sampler, runtime


async def main(input):
    model = Model.load(runtime.models()[0])
    n = input.get("max_tokens", 12)
    prompt = Context(model).append_text(input.get("text", "Once upon a time there was"))
    await prompt.flush()

    def generate(**more):
        return prompt.fork().generate(Sampler.top_p(0.8, 0.95, seed=3), max_tokens=n, stop=[], auto_flush=False, **more)

    collected = await generate().collect_tokens()
    stepped = {}
    for run_ahead in (0, 1, 8):
        tokens = []
        async for step in generate(run_ahead=run_ahead):
            tokens += (await step.execute()).tokens
        stepped[str(run_ahead)] = tokens == collected

    single, tokens = generate(), []
    while (token := await single.next_token()) is not None:
        tokens.append(token)

    left = generate()
    seen = []
    async for step in left:
        seen += (await step.execute()).tokens
        if len(seen) == n // 2:
            break  # what the engine had in front is rolled back
    ctx = left.context
    length = len(ctx.tokens())
    ctx.append_text(" But then")
    rest = await ctx.generate(Sampler.top_p(0.8, 0.95, seed=3), max_tokens=n // 2, stop=[], auto_flush=False).collect_text()
    return {
        "text": model.tokenizer().decode(collected),
        "same": stepped,
        "single_tokens_same": tokens == collected,
        "left_after": seen == collected[: len(seen)] and length == prompt.seq_len + len(seen),
        "gone_on": rest,
    }
