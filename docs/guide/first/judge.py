import asyncio

from inferlet import Context, JsonSchema, Model, Sampler, runtime

VERDICT = {
    "type": "object",
    "properties": {"positive": {"type": "boolean"}, "subject": {"enum": ["film", "book", "food"]}},
    "required": ["positive", "subject"],
}


async def judge(prefix, review):
    ctx = prefix.fork()
    ctx.user(review)
    return await ctx.generate(Sampler.argmax(), max_tokens=60, constrain=JsonSchema(VERDICT, compact=True)).collect_json()


async def main(input):
    prefix = Context(Model.load(runtime.models()[0]))
    prefix.system("Say whether the review is positive, and whether it is of a film, a book or food.")
    await prefix.flush()
    return await asyncio.gather(*[judge(prefix, review) for review in input["reviews"]])
