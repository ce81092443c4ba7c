"""Rebuild the conversation for every turn, with the time in front of it."""

import time

from inferlet import Context, Model, Sampler, runtime

FACTS = " ".join(f"Item {i} costs {i * 7 % 100} coins and is kept on shelf {i * 3 % 20}." for i in range(24))


async def main(input):
    model = Model.load(runtime.models()[0])
    turns = []
    for i in range(input.get("turns", 6)):
        ctx = Context(model)
        ctx.system(f"It is {time.time():.3f}. {FACTS}" if input.get("before", True) else FACTS)
        for asked, said in turns:
            ctx.user(asked)
            ctx.assistant(said)
        ctx.user(f"What does item {i} cost?")
        said = await ctx.generate(Sampler.argmax(), max_tokens=12).collect_text()
        turns.append((f"What does item {i} cost?", said))
    return len(turns)
