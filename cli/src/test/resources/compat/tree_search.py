"""Search a tree of thoughts: propose, score, keep the best, in a fresh context for every thought; none is ever released."""
import asyncio
import math
from dataclasses import dataclass
from inferlet import Context, Logprob, Model, Sampler, runtime


@dataclass
class Thought:
    text: str
    score: float = -math.inf


async def propose(model, question: str, path: list[str], n: int) -> Thought:
    ctx = Context(model)
    ctx.system("You think in short steps.").user(f"{question} So far: {' '.join(path) or 'nothing'}. Next step?")
    sampler = Sampler.top_p(0.9, 0.95, seed=n)
    return Thought((await ctx.generate(sampler, max_tokens=8).collect_text()).strip())


async def rate(model, question: str, thought: Thought) -> Thought:
    ctx = Context(model)
    ctx.user(f"{question} Is this a good step: {thought.text}? Answer yes or no.").cue()
    fwd = ctx.forward()
    yes = fwd.probe("last", Logprob(model.tokenizer().encode("yes")[0]))
    out = await fwd.execute()
    thought.score = out.logprobs(yes)[0]
    return thought


async def main(input):
    model = Model.load(runtime.models()[0])
    question = input.get("question", "How do I boil an egg?")
    depth, breadth = input.get("depth", 2), input.get("breadth", 2)
    path, seen = [], 0
    for level in range(depth):
        thoughts = await asyncio.gather(*[propose(model, question, path, level * breadth + i) for i in range(breadth)])
        rated = await asyncio.gather(*[rate(model, question, thought) for thought in thoughts])
        seen += len(rated)
        match max(rated, key=lambda t: t.score):
            case Thought(text=text, score=score) if score > -math.inf:
                path.append(text)
    return {"path": path, "seen": seen}
