"""Divide and merge: split a question under a grammar, answer its parts at once on forks, and merge the answers as they arrive.

A part may be split again (`depth`), which makes it a tree of thought; each answer becomes a turn of the conversation above it.
"""

import asyncio

from inferlet import Context, Model, Regex, Sampler, runtime

PARTS = Regex(r"1\. [A-Z][a-z ]{8,40}\?\n2\. [A-Z][a-z ]{8,40}\?")
SYSTEM = "You answer in one short sentence."


async def divide(base, question):
    with base.fork() as ctx:
        ctx.user(f"Split this into two simpler questions: {question}")
        text = await ctx.generate(Sampler.argmax(), constrain=PARTS, max_tokens=40).collect_text()
    return [line[3:] for line in text.splitlines()]


async def solve(base, question, depth, max_tokens, seen):
    merged = base.fork()
    if depth > 0:
        parts = await divide(base, question)
        seen.append({"question": question, "parts": parts})

        async def branch(part):
            answer = await solve(base, part, depth - 1, max_tokens, seen)
            merged.user(part).assistant(answer)
            await merged.flush()  # what has arrived is computed while the other branch is still at work

        await asyncio.gather(*[branch(part) for part in parts])
    with merged:
        merged.user(question)
        return (await merged.generate(Sampler.argmax(), max_tokens=max_tokens).collect_text()).strip()


async def main(input):
    base = Context(Model.load(runtime.models()[0])).system(SYSTEM)
    await base.flush()
    seen = []
    question = input.get("question", "How do ships find their way at sea, and why does it matter?")
    answer = await solve(base, question, input.get("depth", 1), input.get("max_tokens", 24), seen)
    stats = runtime.stats()
    return {"answer": answer, "splits": seen, "tokens_in": stats.tokens_in, "reused": stats.tokens_reused}
