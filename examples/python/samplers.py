"""Samplers: every stage of a sampling chain worked out again in the program, and the engine's draw predicted to the token.

A seeded draw is a pure function of the logits, the chain, the seed and the position: this file is that function, in short.
"""

import math

from inferlet import Context, Distribution, Entropy, Logits, Logprob, Logprobs, Mask, Model, Sampler, Stage, runtime

WORDS = (1 << 32) - 1


def uniform(seed, position):
    """Philox4x32-10, the two first words as a number in [0, 1)."""
    x, k0, k1 = [position & WORDS, position >> 32, 0, 0], seed & WORDS, seed >> 32
    for _ in range(10):
        a, b = 0xD2511F53 * x[0], 0xCD9E8D57 * x[2]
        x = [(b >> 32) ^ x[1] ^ k0, b & WORDS, (a >> 32) ^ x[3] ^ k1, a & WORDS]
        k0, k1 = (k0 + 0x9E3779B9) & WORDS, (k1 + 0xBB67AE85) & WORDS
    return (((x[0] << 32) + x[1]) >> 11) * 2.0**-53


def softmax(logits):
    top = max(logits.values())
    weights = {i: math.exp(x - top) for i, x in logits.items()}
    total = sum(weights.values())
    return {i: w / total for i, w in weights.items()}


def until(order, p, mass):
    kept, total = [], 0.0
    for i in order:
        kept.append(i)
        total += p[i]
        if total >= mass:
            break
    return kept


def apply(logits, stage, x, written):
    """One stage: the logits of what it keeps."""
    p = softmax(logits)
    falling = sorted(logits, key=lambda i: (-logits[i], i))
    match stage:
        case "temperature":
            return {i: l / x for i, l in logits.items()}
        case "top_k":
            kept = falling[:x] if x else falling
        case "top_p":
            kept = until(falling, p, x)
        case "min_p":
            kept = [i for i in falling if p[i] >= x * max(p.values())]
        case "typical":
            entropy = -sum(q * math.log(q) for q in p.values())
            kept = until(sorted(falling, key=lambda i: (abs(-math.log(p[i]) - entropy), i)), p, x)
        case "repetition_penalty":
            return {i: (l / x if l > 0 else l * x) if i in written else l for i, l in logits.items()}
        case "presence_penalty":
            return {i: l - x if i in written else l for i, l in logits.items()}
        case "frequency_penalty":
            return {i: l - x * written.count(i) for i, l in logits.items()}
    return {i: logits[i] for i in kept}


def draw(logits, seed, position):
    p, u = softmax(logits), uniform(seed, position)
    total = 0.0
    for i in sorted(p):
        total += p[i]
        if total > u:
            return i


CHAINS = [
    [],
    [("temperature", 0.5)],
    [("temperature", 1.5), ("top_k", 5)],
    [("top_p", 0.7)],
    [("min_p", 0.2), ("temperature", 2.0)],
    [("typical", 0.6)],
    [("repetition_penalty", 1.5), ("temperature", 1.2)],
    [("presence_penalty", 2.0)],
    [("frequency_penalty", 1.5), ("top_p", 0.9)],
]


async def main(input):
    model = Model.load(runtime.models()[0])
    prompt = model.tokenizer().encode(input.get("text", "The cat sat on the mat and the cat"))
    allowed = sorted({*prompt, *range(300, 360)})  # a few ids, so that the reference need not sort the vocabulary
    ctx = Context(model).append(prompt)
    await ctx.flush()
    predicted = {}
    for chain in CHAINS:
        right = 0
        for seed in range(input.get("seeds", 3)):
            forward = ctx.forward().mask(Mask.ids(allowed))
            sampler = Sampler.chain(*[getattr(Stage, name)(x) for name, x in chain], seed=seed)
            token, logits = forward.sample("last", sampler), forward.probe("last", Logits())
            out = await forward.execute()
            row = memoryview(out.logits(logits)).cast("f")
            left = {i: row[i] for i in allowed}
            for name, x in chain:
                left = apply(left, name, x, prompt)
            right += out.token(token) == draw(left, seed, len(prompt))
        predicted[" ".join(name for name, _ in chain) or "plain"] = right

    forward = ctx.forward()
    greedy, top = forward.sample("last", Sampler.argmax()), forward.probe("last", Distribution(1.0, 8))
    entropy, logits = forward.probe("last", Entropy()), forward.probe("last", Logits())
    one, several = forward.probe("last", Logprob(prompt[0])), forward.probe("last", Logprobs(prompt[:3]))
    out = await forward.execute()
    row, (ids, p) = memoryview(out.logits(logits)).cast("f"), out.distribution(top)
    return {
        "predicted": predicted,
        "greedy_is_the_largest": out.token(greedy) == ids[0] == max(range(len(row)), key=row.__getitem__),
        "probabilities_fall": list(p) == sorted(p, reverse=True) and sum(p) <= 1 + 1e-5,
        "logprobs_agree": out.logprobs(one)[0] == out.logprobs(several)[0],
        "entropy_in_range": 0 <= out.entropy(entropy) <= math.log(len(row)),
    }
