"""An agent: ask the model, wait for a tool, read what the tool says, and so on.

What the monitor shows of it: `forward` while the model answers, `timer` while the tool runs.
"""

import asyncio
import random

from inferlet import Context, Model, Sampler, runtime

QUESTIONS = [
    "Which records of the last week look odd?",
    "What would you look at next?",
    "Sum up what is known so far.",
    "Is there a simpler explanation?",
]


async def tool(seconds, chance):
    """Stand for a search or a query of a database."""
    await asyncio.sleep(seconds * (0.5 + chance.random()))
    return ", ".join(f"row {chance.randrange(10_000)}" for _ in range(8))


async def main(input):
    model = Model.load(runtime.models()[0])
    chance = random.Random(input.get("seed", 1))
    rounds = input.get("rounds", 8)
    for n in range(rounds):
        if n % 6 == 0:
            ctx = Context(model)
            ctx.system("You look through records and say what you see, in one or two sentences.")
        found = await tool(input.get("tool", 1.0), chance)
        ctx.user(f"The tool found: {found}. {QUESTIONS[n % len(QUESTIONS)]}")
        answer = await ctx.generate(
            Sampler.top_p(0.8, 0.95, seed=n), max_tokens=input.get("tokens", 40)
        ).collect_text()
        print(f"{n + 1}: {answer.strip()[:60]}")
        if n % 6 == 5:
            ctx.close()
    return f"{rounds} rounds"
