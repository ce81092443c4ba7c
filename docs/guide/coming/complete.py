import asyncio

from inferlet import Context, Model, Sampler, runtime


async def complete(model, prompt):
    with Context(model) as ctx:
        ctx.append_text(prompt)
        sampler = Sampler.top_p(0.8, 0.95, seed=7)
        return await ctx.generate(sampler, max_tokens=16, auto_flush=False).collect_text()


async def main(input):
    model = Model.load(runtime.models()[0])
    return await asyncio.gather(*[complete(model, prompt) for prompt in input["prompts"]])
