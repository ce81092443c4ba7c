"""Watermark: favour a half of the vocabulary that the token before chooses, and find the mark again in the text by a z-score.

The program sees every step before it is run: it adds a bias to the logits of the favoured half. No server offers this rule. The same is done
once more from the raw logits, with a choice of the program's own.
"""

import math

from inferlet import Context, Logits, Mask, Model, Sampler, runtime


def favoured(token, vocabulary):
    """A half of the ids: whether id is in it follows from the token before alone."""
    start = (token * 2654435761) % vocabulary
    half = vocabulary // 2
    if start + half <= vocabulary:
        return Mask.range(start, start + half)
    return Mask.ranges([(0, start + half - vocabulary), (start, vocabulary)])


def z_score(tokens, vocabulary):
    hits = sum(favoured(before, vocabulary).contains(token) for before, token in zip(tokens, tokens[1:]))
    n = len(tokens) - 1
    return (hits - n / 2) / math.sqrt(n / 4)


async def write(model, prompt, n, bias, sampler=Sampler.top_p(1.0, 0.98, seed=5)):
    vocabulary = model.info().vocab_size
    ctx = Context(model).user(prompt)
    tokens = []
    async for step in ctx.generate(sampler, max_tokens=n, stop=[]):
        if tokens and bias:
            step.logit_bias(favoured(tokens[-1], vocabulary), bias)
        tokens += (await step.execute()).tokens
    return tokens


def chosen(logits, mask, bias):
    """The best id once those in the mask have their bias: runs of a mask are not in it and in it in turn."""
    scores = list(memoryview(logits).cast("f"))
    start = 0
    for i, run in enumerate(mask):
        if i % 2 == 1:
            scores[start : start + run] = [score + bias for score in scores[start : start + run]]
        start += run
    return max(range(len(scores)), key=scores.__getitem__)


async def write_by_hand(model, prompt, n, bias):
    """Draw no token: read the logits of the step, choose, and have the choice accepted."""
    vocabulary = model.info().vocab_size
    generation = Context(model).user(prompt).generate(Sampler.argmax(), max_tokens=n, stop=[])
    tokens = []
    async for step in generation:
        step.clear_sampler()
        handle = step.probe(0, Logits())
        logits = (await step.execute()).logits(handle)
        token = chosen(logits, favoured(tokens[-1], vocabulary) if tokens else [], bias)
        tokens += generation.accept([token])
    return tokens


async def main(input):
    model = Model.load(runtime.models()[0])
    n, vocabulary = input.get("max_tokens", 40), model.info().vocab_size
    prompt = input.get("prompt", "Tell a story about a lighthouse.")
    marked = await write(model, prompt, n, input.get("bias", 6.0))
    plain = await write(model, prompt, n, 0)
    short = min(n, 8)
    greedy = await write(model, prompt, short, 6.0, Sampler.argmax())
    by_hand = await write_by_hand(model, prompt, short, 6.0)
    return {
        "text": model.tokenizer().decode(marked, skip_special=True),
        "z_marked": round(z_score(marked, vocabulary), 2),
        "z_plain": round(z_score(plain, vocabulary), 2),
        "same_by_hand": by_hand == greedy,
    }
