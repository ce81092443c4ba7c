"""Best of n: prefill the prompt once, fork it n times, sample all branches at once, keep the likeliest answer.

The branches share the prompt's KV pages; the score is the mean log probability per token, read beside the logits.
"""

import asyncio

from inferlet import Context, Logprob, Model, Sampler, chat, runtime


async def sample(branch, seed, max_tokens):
    sampler = Sampler.top_p(1.0, 0.95, seed=seed)
    return await branch.generate(sampler, max_tokens=max_tokens).collect_tokens()


async def score(base, tokens):
    """Mean log probability of tokens[1:], all in one forward pass over a fork of the prompt."""
    if len(tokens) < 2:
        return float("-inf")
    with base.fork() as judge:
        forward = judge.forward()
        forward.input(tokens[:-1])
        handles = [forward.probe(i, Logprob(t)) for i, t in enumerate(tokens[1:])]
        out = await forward.execute()
        return sum(out.logprobs(h)[0] for h in handles) / len(handles)


async def main(input):
    n = input.get("n", 4)
    model = Model.load(runtime.models()[0])
    base = Context(model)
    base.user(input.get("prompt", "Write one sentence about the moon."))
    base.cue()
    await base.flush()
    branches = [base.fork() for _ in range(n)]
    answers = await asyncio.gather(*[sample(b, i, input.get("max_tokens", 32)) for i, b in enumerate(branches)])
    scores = await asyncio.gather(*[score(base, a) for a in answers])
    best = max(range(n), key=lambda i: scores[i])
    texts = [model.tokenizer().decode(a, skip_special=True).strip() for a in answers]
    return {"best": texts[best], "scores": [round(s, 3) for s in scores], "answers": texts}
