from inferlet import Context, Model, Sampler, runtime


async def main(input):
    ctx = Context(Model.load(runtime.models()[0]))
    ctx.append(input["prompt"])
    plan = ctx.generate(Sampler.argmax(), max_tokens=input["max_tokens"], stop=[], auto_flush=False)
    await plan.collect_text()
    return {"tokens": plan.tokens_generated}
