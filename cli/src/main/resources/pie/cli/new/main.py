"""Ask the model one question and return its answer."""

from inferlet import Context, Model, Sampler, runtime


async def main(input):
    model = Model.load(runtime.models()[0])
    ctx = Context(model)
    ctx.system("You are a helpful assistant. Answer in one short sentence.")
    ctx.user(input.get("prompt", "What is the capital of France?"))
    answer = await ctx.generate(Sampler.argmax(), max_tokens=input.get("max_tokens", 48)).collect_text()
    return answer.strip()
