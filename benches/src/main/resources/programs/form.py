from inferlet import Context, Model, Sampler, runtime


async def main(input):
    """A text with holes: given pieces, and after each of them a few tokens of the model's."""
    ctx = Context(Model.load(runtime.models()[0]))
    ctx.append(input["prompt"])
    ids = []
    for (piece,) in input["parts"]:
        ctx.append(piece)
        g = ctx.generate(Sampler.argmax(), max_tokens=input["max_tokens"], stop=[], auto_flush=False)
        ids += await g.collect_tokens()
    return {"ids": ids}
