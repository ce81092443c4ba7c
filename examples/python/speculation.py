"""System speculation: the engine guesses tokens from what was written before and checks several in one pass.

The text is the same with and without; a text that repeats itself takes far fewer passes.
"""

from inferlet import Context, Model, Sampler, runtime

LIST = "red green blue yellow red green blue yellow red green blue yellow red green blue yellow red green"


async def run(model, prompt, max_tokens, speculate):
    before = runtime.stats()
    ctx = Context(model).append_text(prompt)
    text = await ctx.generate(
        Sampler.argmax(), max_tokens=max_tokens, auto_flush=False, system_speculation=speculate
    ).collect_text()
    after = runtime.stats()
    return {
        "text": text,
        "passes": after.forward_passes - before.forward_passes,
        "drafted": after.tokens_drafted - before.tokens_drafted,
        "accepted": after.tokens_accepted - before.tokens_accepted,
    }


async def main(input):
    model = Model.load(runtime.models()[0])
    prompt, n = input.get("prompt", LIST), input.get("max_tokens", 32)
    plain = await run(model, prompt, n, False)
    drafted = await run(model, prompt, n, True)
    return {"same": plain["text"] == drafted["text"], "plain": plain, "drafted": drafted}
