from inferlet import Context, Model, Sampler, runtime


async def main(input):
    model = Model.load(runtime.models()[0])
    ctx = Context(model)
    ctx.system("Answer in one short sentence.")
    ctx.user(input["question"])
    async for step in ctx.generate(Sampler.argmax(), max_tokens=40):
        out = await step.execute()
        print(out.text, end="", flush=True)
    return runtime.stats().tokens_out
