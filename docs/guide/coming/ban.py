from inferlet import Context, Mask, Model, Sampler, runtime


async def main(input):
    model = Model.load(runtime.models()[0])
    tokenizer = model.tokenizer()
    banned = Mask.ids(tokenizer.encode(input["word"]) + tokenizer.encode(" " + input["word"]))
    ctx = Context(model)
    ctx.user(input["prompt"])
    text = ""
    async for step in ctx.generate(Sampler.argmax(), max_tokens=40):
        step.logit_bias(banned, -100.0)
        text += (await step.execute()).text
    return text
