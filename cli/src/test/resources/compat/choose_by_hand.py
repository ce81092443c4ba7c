"""Choose each token by hand from what a probe shows, and keep an eye on how sure the model is."""
import struct

from inferlet import Context, Distribution, Entropy, Logits, Logprob, Logprobs, Model, Sampler, chat, runtime
from inferlet.sample import Sampler as SameSampler

TOP = Distribution(temperature=1.0, k=4)


def best(raw: bytes) -> int:
    values = struct.unpack(f"={len(raw) // 4}f", raw)
    return max(range(len(values)), key=values.__getitem__)


async def main(input: dict) -> dict:
    model = Model.load(runtime.models()[0])
    question = input.get("question", "Name the capital of France.")
    plain = Context(model).user(message=question)
    expected = await plain.generate(SameSampler.argmax(), max_tokens=6).collect_tokens()

    ctx = Context(model)
    ctx.user(message=question)
    g = ctx.generate(Sampler.top_p(temperature=0.9, p=0.9), max_tokens=6)
    sure = g.probe_each_step(0, Entropy())
    chosen, agree, entropies = [], True, []
    async for step in g:
        h = step.clear_sampler().probe(0, Logits())
        top = step.probe(0, TOP)
        out = await step.execute()
        token = best(out.logits(h))
        ids, probs = out.distribution(top)
        agree = agree and ids[0] == token and len(ids) == TOP.k and probs == sorted(probs, reverse=True)
        agree = agree and out.auto_sampler is None
        entropies.append(out.entropy(sure))
        chosen += g.accept(tokens=[token])

    fwd = Context(model).append(tokens=chat.user(model, message="Hi")).forward()
    fwd.input(tokens=[chosen[0]])
    picked = fwd.sample([0], Sampler.multinomial(temperature=1.0, draws=1))
    one, some = fwd.probe(0, Logprob(token=chosen[0])), fwd.probe(0, Logprobs(range(3)))
    out = await fwd.execute()
    return {
        "same": chosen == expected,
        "agree": agree,
        "sure": all(e >= 0 for e in entropies) and len(entropies) >= len(chosen),
        "handles": [picked.slot, picked.arity, one.kind, some.kind],
        "counts": [len(out.tokens_at(picked)), len(out.logprobs(one)), len(out.logprobs(some)), len(out.raw.slots)],
        "values": [TOP == Distribution(1.0, 4), {Logprob(7): "seven"}[Logprob(7)], list(Logprobs([5, 6]).tokens), Logprobs().tokens == ()],
        "temperature": TOP.temperature,
    }
