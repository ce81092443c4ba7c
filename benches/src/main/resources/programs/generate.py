from inferlet import Context, Model, Sampler, runtime, session


async def main(input):
    ctx = Context(Model.load(runtime.models()[0]))
    ctx.append(input["prompt"])
    tokens = 0
    async for step in ctx.generate(Sampler.argmax(), max_tokens=input["max_tokens"], stop=[], auto_flush=False):
        out = await step.execute()
        if tokens == 0 and out.tokens:
            session.send("first token")
        tokens += len(out.tokens)
    return {"tokens": tokens}
