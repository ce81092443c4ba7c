import asyncio

from inferlet import Adapter, Context, Model, Sampler, runtime


async def complete(ctx, adapter):
    return await ctx.generate(Sampler.argmax(), max_tokens=12, auto_flush=False, adapter=adapter).collect_text()


async def main(input):
    model = Model.load(runtime.models()[0])
    style = Adapter.open(model, "style")
    contexts = [Context(model).append_text(input["prompt"]) for _ in range(2)]
    plain, styled = await asyncio.gather(complete(contexts[0], None), complete(contexts[1], style))
    if input.get("drop"):
        style.destroy()
    return {"plain": plain, "styled": styled}
