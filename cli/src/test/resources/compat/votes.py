"""Branch a flushed prompt, let the branches run at once, vote, and score what each said by the model's own odds."""
import asyncio
from collections import Counter

from inferlet import Context, Logprobs, Model, Sampler, runtime, session


async def branch(root: Context, i: int, sampler: Sampler) -> tuple[int, str, list[int]]:
    with root.fork() as ctx:
        ctx.user(f"Answer {i}: a primary colour, one word.")
        g = ctx.generate(sampler, max_tokens=6)
        tokens: list[int] = []
        async for step in g:
            out = await step.execute()
            tokens.extend(out.tokens)
            await asyncio.sleep(0)
        return i, ctx.model.tokenizer().decode(tokens).strip(), tokens


async def odds(root: Context, tokens: list[int]) -> float:
    ctx = root.fork()
    ctx.cue()
    await ctx.flush()
    fwd = ctx.forward()
    fwd.input(tokens)
    handles = [fwd.probe(i, Logprobs([t])) for i, t in enumerate(tokens[1:])]
    out = await fwd.execute()
    return sum(out.logprobs(h)[0] for h in handles)


async def main(input: dict) -> dict:
    model = Model.load(runtime.models()[0])
    root = Context(model).system("You answer in one word.")
    await root.flush()
    samplers = [
        Sampler.top_p(0.8, 0.95), Sampler.top_k(0.8, 20), Sampler.min_p(0.8, 0.05),
        Sampler.top_k_top_p(0.8, 20, 0.9), Sampler.multinomial(0.8), Sampler.argmax(),
    ]
    jobs = [asyncio.create_task(branch(root, i, s), name=f"branch-{i}") for i, s in enumerate(samplers)]
    said = {}
    for job in asyncio.as_completed(jobs):
        i, text, tokens = await job
        said[i] = (text, tokens)
        session.send({"branch": i, "text": text})
    scores = await asyncio.gather(*(odds(root, tokens) for _, tokens in said.values() if len(tokens) > 1))
    slow = asyncio.create_task(Context(model).user("Tell a long tale.").generate(Sampler.argmax(), max_tokens=4000).collect_text())
    done, waiting = await asyncio.wait({slow}, timeout=0.2)
    slow.cancel()
    try:
        await slow
        ended = "finished"
    except asyncio.CancelledError:
        ended = "cancelled"
    word, count = Counter(text for text, _ in said.values()).most_common(1)[0]
    return {"branches": len(said), "vote": bool(word) and count >= 1, "scores": all(s <= 0 for s in scores), "slow": [len(done), len(waiting), ended]}
