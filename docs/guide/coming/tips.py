import asyncio

from inferlet import Context, Model, Regex, Sampler, runtime


async def expand(ctx, tip):
    branch = ctx.fork()
    branch.user(f"Say in one sentence how to keep to tip {tip}.")
    return await branch.generate(Sampler.argmax(), max_tokens=32).collect_text()


async def main(input):
    ctx = Context(Model.load(runtime.models()[0]))
    ctx.system("You are a helpful assistant.")
    ctx.user("Give two tips for staying healthy, a few words each.")
    tips = await ctx.generate(Sampler.argmax(), max_tokens=48).collect_text()
    details = await asyncio.gather(expand(ctx, 1), expand(ctx, 2))
    ctx.user("Which of the two is easier? Answer 1 or 2.")
    easier = await ctx.generate(Sampler.argmax(), constrain=Regex("1|2")).collect_text()
    return {"tips": tips, "details": details, "easier": easier}
