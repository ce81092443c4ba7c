"""Prefix tree: one system prompt, two topics, two audiences each, two questions each: eight answers, every prefix computed once."""

import asyncio

from inferlet import Context, Model, Sampler, runtime

SYSTEM = "You are a patient teacher who answers every question in one short sentence that a listener can remember."
TOPICS = ["the sea", "the moon"]
AUDIENCES = ["a child", "an engineer"]
QUESTIONS = ["What is it?", "Why does it matter?"]


async def main(input):
    model = Model.load(runtime.models()[0])
    max_tokens = input.get("max_tokens", 12)
    root = Context(model).system(SYSTEM)
    await root.flush()
    leaves = []
    for topic in TOPICS:
        about = root.fork().append_text(f"Topic: {topic}.\n")
        await about.flush()
        for audience in AUDIENCES:
            told = about.fork().append_text(f"Explain it to {audience}.\n")
            await told.flush()
            for question in QUESTIONS:
                leaves.append((topic, audience, question, told.fork().user(question)))
    answers = await asyncio.gather(
        *[leaf.generate(Sampler.argmax(), max_tokens=max_tokens).collect_text() for *_, leaf in leaves]
    )
    stats = runtime.stats()
    whole = sum(leaf.seq_len for *_, leaf in leaves)
    return {
        "answers": {f"{topic}, {audience}: {question}": text for (topic, audience, question, _), text in zip(leaves, answers)},
        "leaves": len(leaves),
        "tokens_in": stats.tokens_in,
        "tokens_if_each_were_computed_alone": whole,
        "pages_peak": stats.pages_peak,
    }
