from inferlet import Context, Mask, Model, Sampler, runtime


async def main(input):
    """Greedy, and no token twice: a bias that depends on what was drawn, set before each step."""
    ctx = Context(Model.load(runtime.models()[0]))
    ctx.append(input["prompt"])
    ids = []
    async for step in ctx.generate(Sampler.argmax(), max_tokens=input["max_tokens"], stop=[], auto_flush=False):
        if ids:
            step.logit_bias(Mask.ranges([(id, id + 1) for id in sorted(ids)]), -100)
        ids += (await step.execute()).tokens
    return {"ids": ids}
