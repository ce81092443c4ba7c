"""Output validation: how likely does the model find each of several given answers? Nothing is generated.

The question is computed once; each candidate is scored in one pass over a fork, by the log probability of each of its tokens.
"""

import asyncio
import math

from inferlet import Context, Logprob, Model, runtime


async def score(asked, tokens):
    """Mean log probability of the tokens of an answer."""
    with asked.fork() as ctx:
        # after flush, a pass without rows of its own tells the logits at the end of the context
        first = ctx.forward()
        head = first.probe("last", Logprob(tokens[0]))
        total = (await first.execute()).logprobs(head)[0]
        if len(tokens) > 1:
            rest = ctx.forward().input(tokens[:-1])
            handles = [rest.probe(i, Logprob(token)) for i, token in enumerate(tokens[1:])]
            out = await rest.execute()
            total += sum(out.logprobs(handle)[0] for handle in handles)
        return total / len(tokens)


async def main(input):
    model = Model.load(runtime.models()[0])
    asked = Context(model).append_text(input.get("question", "The capital of France is"))
    await asked.flush()
    candidates = input.get("candidates", [" Paris", " London", " a banana"])
    scores = await asyncio.gather(*[score(asked, model.tokenizer().encode(text)) for text in candidates])
    best = max(range(len(scores)), key=scores.__getitem__)
    return {
        "best": candidates[best].strip(),
        "scores": {text.strip(): round(s, 3) for text, s in zip(candidates, scores)},
        "sure": math.exp(scores[best]) > 0.05,
    }
