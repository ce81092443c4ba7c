import asyncio

from inferlet import Context, Model, Sampler, runtime


async def grow(ctx, levels, max_tokens):
    """Fork for each text of a level, and generate at the leaves, all at once."""
    if not levels:
        g = ctx.generate(Sampler.argmax(), max_tokens=max_tokens, stop=[], auto_flush=False)
        return list(await g.collect_tokens())
    await ctx.flush()
    branches = [grow(ctx.fork().append(text), levels[1:], max_tokens) for text in levels[0]]
    return sum(await asyncio.gather(*branches), [])


async def main(input):
    root = Context(Model.load(runtime.models()[0]))
    root.append(input["prompt"])
    return {"ids": await grow(root, input["parts"], input["max_tokens"])}
