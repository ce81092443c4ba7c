"""Watermark: favour a half of the vocabulary that the token before chooses, and find the mark again in the text by a z-score.

The program sees every step before it is run: it adds a bias to the logits of the favoured half. No server offers this rule.
"""

import math

from inferlet import Context, Mask, Model, Sampler, runtime


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


async def write(model, prompt, n, bias):
    vocabulary = model.info().vocab_size
    ctx = Context(model).user(prompt)
    tokens = []
    async for step in ctx.generate(Sampler.top_p(1.0, 0.98, seed=5), max_tokens=n, stop=[]):
        if tokens and bias:
            step.logit_bias(favoured(tokens[-1], vocabulary), bias)
        tokens += (await step.execute()).tokens
    return tokens


async def main(input):
    model = Model.load(runtime.models()[0])
    n, vocabulary = input.get("max_tokens", 40), model.info().vocab_size
    prompt = input.get("prompt", "Tell a story about a lighthouse.")
    marked = await write(model, prompt, n, input.get("bias", 6.0))
    plain = await write(model, prompt, n, 0)
    return {
        "text": model.tokenizer().decode(marked, skip_special=True),
        "z_marked": round(z_score(marked, vocabulary), 2),
        "z_plain": round(z_score(plain, vocabulary), 2),
    }
