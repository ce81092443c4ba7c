import asyncio

from inferlet import Context, Model, Sampler, runtime


async def main(input):
    """Think, call a tool, read what it says, and so on, in one context."""
    ctx = Context(Model.load(runtime.models()[0]))
    ctx.append(input["prompt"])
    tokens = 0
    for said in input["tools"] + [None]:
        g = ctx.generate(Sampler.argmax(), max_tokens=input["max_tokens"], stop=[], auto_flush=False)
        tokens += len(await g.collect_tokens())
        if said is not None:
            await asyncio.sleep(input["wait"])
            ctx.append(said)
    return {"tokens": tokens}
