"""Try several continuations of one prompt, whose pages are full but not committed: each fork copies them all."""

import asyncio
import time

from inferlet import Context, Model, Sampler, runtime

FACTS = " ".join(f"Item {i} costs {i * 7 % 100} coins and is kept on shelf {i * 3 % 20}." for i in range(30))


async def main(input):
    ctx = Context(Model.load(runtime.models()[0]))
    ctx.append_text(FACTS)
    # Rows of a deferred pass stay within reach of truncate, and belong to this context alone.
    await ctx.forward().defer_commit().execute()
    if not input.get("before", True):
        ctx.commit_working_pages(ctx.working_page_count - 1)
    begun = time.perf_counter()
    forks = [ctx.fork() for _ in range(input.get("forks", 8))]
    took = time.perf_counter() - begun
    for i, fork in enumerate(forks):
        fork.append_text(f" In short, shelf {i}")
    texts = await asyncio.gather(
        *(fork.generate(Sampler.argmax(), max_tokens=4, auto_flush=False).collect_text() for fork in forks)
    )
    stats = runtime.stats()
    return {"texts": len(texts), "fork_ms": round(1000 * took, 1), "credits": stats.make_cost}
