"""Bids: pay more for one pass, hold a price, bid nothing while idle, and ask the scheduler why one had to wait.

With `rivals` the contexts of this program compete for pages: `./pie run --pages 24 bids.py -- --rivals 3`.
"""

import asyncio

from inferlet import Context, Model, Sampler, runtime, scheduling


async def bid_of(ctx):
    """One more pass, and what was bid for it."""
    ctx.append([5])
    await ctx.flush()
    return max(c["bid"] for c in scheduling.explain()["contexts"])


async def rival(model, n):
    """A context that has its pages, and bids four times as much as the one before."""
    ctx = Context(model).append([1000 + 97 * n + i for i in range(96)])
    ctx.set_bid(0.001 * 4**n, hold=True)
    await ctx.flush()
    return ctx


async def compete(ctx, tokens):
    with ctx:
        return len(await ctx.generate(Sampler.argmax(), max_tokens=tokens, stop=[], auto_flush=False).collect_tokens())


async def main(input):
    model = Model.load(runtime.models()[0])
    bids = {}
    with Context(model).append_text("The quick brown fox") as ctx:
        standard = await bid_of(ctx)
        ctx.set_bid(0.25)
        bids["one pass"] = await bid_of(ctx)
        bids["after it"] = await bid_of(ctx) < 0.25
        ctx.set_bid(0.5, hold=True)
        bids["held"] = [await bid_of(ctx), await bid_of(ctx)]
        with ctx.idle():
            bids["idle"] = await bid_of(ctx)
        bids["resumed"] = await bid_of(ctx)
    with Context(model).append_text("A fork bids") as ctx:
        await ctx.flush()
        ctx.set_bid(0.75, hold=True)
        await bid_of(ctx)
        with ctx.fork() as child:
            ctx.set_bid(None)
            await bid_of(ctx)
            bids["fork, first pass"] = await bid_of(child)

    rivals = [await rival(model, n) for n in range(input.get("rivals", 0))]
    made = await asyncio.gather(*[compete(ctx, input.get("max_tokens", 48)) for ctx in rivals])
    stats, why = runtime.stats(), scheduling.explain()
    return {
        "standard": standard > 0,
        "bids": bids,
        "made": made,
        "displaced_by": [event["by"] for event in why["market"] if event["kind"] == "displaced"],
        "process": runtime.instance_id(),
        "missed": why.get("missed", {}),
        "spent_is_rent_and_make": abs(stats.credits_spent - stats.rent_paid - stats.make_cost) < 1e-6,
        "balance": scheduling.balance(model),
        "recomputed": stats.tokens_recomputed,
    }
