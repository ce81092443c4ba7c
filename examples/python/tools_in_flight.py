"""Tools in flight: the model writes on while an HTTP call runs; its answer is framed into the text when it is there.

The frame's brackets are banned for the model, so only the program can write one. A checkpoint lets it take back what
depended on the call.
"""

import asyncio

from inferlet import Context, Mask, Model, Sampler, http, runtime


def banned(model, letters):
    """All ids whose bytes contain one of the letters."""
    ids, texts = model.tokenizer().vocabs()
    return Mask.ids([i for i, text in zip(ids, texts) if any(letter in text for letter in letters)])


async def write(ctx, tokens, allowed, n):
    generation = ctx.generate(Sampler.argmax(), max_tokens=n, stop=[], auto_flush=False, logit_mask=allowed)
    async for step in generation:
        tokens += (await step.execute()).tokens


async def main(input):
    model = Model.load(runtime.models()[0])
    tokenizer, n = model.tokenizer(), input.get("max_tokens", 12)
    allowed = banned(model, [b"[", b"]"]).invert(model.info().vocab_size)
    ctx = Context(model).user("Describe a walk in the town, whatever the weather.").cue()
    await ctx.flush()
    checkpoint = ctx.snapshot(ttl=600)

    call = asyncio.create_task(http.get(input["url"]))
    tokens = []
    await write(ctx, tokens, allowed, n)  # decoded while the call is on its way
    frame = tokenizer.encode(f" [weather: {(await call).decode()}]")
    ctx.append(frame)
    generation = ctx.generate(Sampler.argmax(), max_tokens=n, stop=[], auto_flush=False, logit_mask=allowed)
    opening = generation.accept(tokenizer.encode(" So"))  # words put into the model's mouth
    after = [*opening]
    async for step in generation:
        after += (await step.execute()).tokens

    again = Context.open(model, checkpoint)  # as if nothing had been written
    repeated = []
    await write(again, repeated, allowed, n)
    Context.delete(model, checkpoint)
    text = tokenizer.decode(tokens + frame + after, skip_special=True)
    return {"text": text, "before": len(tokens), "after": len(after), "checkpoint_holds": repeated == tokens}
