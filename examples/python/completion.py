"""Raw completion: go on with a text as it stands, without a chat template, up to the end of its line."""

from inferlet import Context, Model, Sampler, runtime


async def main(input):
    model = Model.load(runtime.models()[0])
    prompt = input.get("prompt", "The days of the week are Monday, Tuesday,")
    ctx = Context(model).append_text(prompt)
    generation = ctx.generate(
        Sampler.argmax(),
        max_tokens=input.get("max_tokens", 24),
        auto_flush=False,  # no header of an assistant's turn, and no stop tokens but these
        stop=["\n", *model.info().stop_ids],
    )
    text = await generation.collect_text()
    return {"prompt": prompt, "text": text, "finish": generation.finish_reason, "tokens": generation.tokens_generated}
