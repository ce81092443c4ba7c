"""Raw pages: reserve, fill, commit, truncate and release the pages of a context by hand, and watch its counters.

Give them up for a while, and go on as if nothing had happened.
"""

from inferlet import Context, InvalidArgumentError, Model, Sampler, runtime


def counters(ctx):
    return [ctx.committed_page_count, ctx.working_page_count, ctx.working_page_token_count, ctx.seq_len]


async def main(input):
    model = Model.load(runtime.models()[0])
    ctx = Context(model, prefix_cache=False)
    size, steps = ctx.page_size, {}
    ctx.reserve_working_pages(3)
    steps["reserved"] = counters(ctx)
    try:
        ctx.commit_working_pages(1)
    except InvalidArgumentError:
        steps["empty pages are not committed"] = counters(ctx)
    await ctx.forward().input([1000 + i for i in range(2 * size + 5)]).defer_commit().execute()
    steps["filled"] = counters(ctx)
    ctx.commit_working_pages(1)
    steps["committed one"] = counters(ctx)
    ctx.truncate_working_page_tokens(7)
    steps["truncated 7"] = counters(ctx)
    ctx.release_working_pages(1)
    steps["released one"] = counters(ctx)

    twin = ctx.fork()
    ctx.suspend()  # its pages go back; the tokens stay
    options = dict(max_tokens=input.get("max_tokens", 8), stop=[], auto_flush=False)
    after = await ctx.generate(Sampler.argmax(), **options).collect_tokens()
    beside = await twin.generate(Sampler.argmax(), **options).collect_tokens()
    return {"page_size": size, "steps": steps, "goes_on": after == beside, "tokens": after}
