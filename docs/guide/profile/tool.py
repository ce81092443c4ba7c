"""Ask for the price of each item: through the client, which answers when it gets to it, or in the program itself."""

import json

from inferlet import Context, Model, Sampler, runtime, session

PRICES = {f"item {i}": i * 7 % 100 for i in range(40)}


async def price(item, client):
    if not client:
        return PRICES[item]
    session.send(json.dumps({"tool": "price", "item": item}))
    return int(await session.receive())


async def main(input):
    ctx = Context(Model.load(runtime.models()[0]))
    ctx.system("Answer in one short sentence.")
    answers = []
    for i in range(input.get("calls", 6)):
        found = await price(f"item {i}", input.get("before", True))
        ctx.user(f"Item {i} costs {found} coins. Is that cheap?")
        answers.append(await ctx.generate(Sampler.argmax(), max_tokens=8).collect_text())
    return len(answers)
