"""Vote: answer n times at once from one prefilled prompt, and take what most of the answers say (self-consistency).

The prompt is computed once; the n branches share its pages and are decoded together, in one batch.
"""

import asyncio
import re
from collections import Counter

from inferlet import Context, Model, Regex, Sampler, runtime

QUESTION = "Tom has 3 apples and buys 4 more. How many apples does he have? Answer with a number."


async def answer(branch, seed):
    sampler = Sampler.top_p(0.9, 0.95, seed=seed)
    text = await branch.generate(sampler, constrain=Regex("[0-9]{1,2}\\."), max_tokens=6).collect_text()
    return int(re.search(r"\d+", text).group())


async def main(input):
    model = Model.load(runtime.models()[0])
    base = Context(model).user(input.get("question", QUESTION)).cue()
    await base.flush()
    branches = [base.fork() for _ in range(input.get("n", 5))]
    answers = await asyncio.gather(*[answer(branch, seed) for seed, branch in enumerate(branches)])
    [(winner, votes)] = Counter(sorted(answers)).most_common(1)
    return {"answer": winner, "votes": votes, "answers": answers}
