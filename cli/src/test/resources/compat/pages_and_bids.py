"""Keep account of pages and credits, roll back, and hand snapshots from one context to another."""
from inferlet import Context, Model, Sampler, runtime, scheduling


async def main(input: dict) -> dict:
    model = Model.load(name=runtime.models()[0])
    tk = model.tokenizer()
    name = f"{runtime.instance_id()}/handed-over"
    with Context(model) as ctx:
        ctx.system(message="You are a clerk.").user(message="Count to ten.")
        waiting = len(ctx.buffer())
        await ctx.flush()
        length = ctx.seq_len
        counted = ctx._committed_pages * ctx.page_size + ctx._working_tokens
        pages = ctx._working_pages
        ctx.append(tokens=tk.encode(" one two three"))
        extra = len(ctx.buffer())
        await ctx.flush()
        over = min(extra, ctx._working_tokens)
        ctx.truncate(n=over)
        ctx.save(name=name)
        anonymous = ctx.snapshot()
        ctx.set_bid(value=2.5)
        with ctx.idle():
            idle = scheduling.rent(ctx=ctx)
        figures = [scheduling.balance(model), idle, scheduling.dividend(model), scheduling.latency(ctx), scheduling.price()]
        branches = [ctx.fork() for _ in range(3)]
        lengths = {b.seq_len for b in branches}
        for b in branches:
            b.release()
    taken = Context.take(model, name)
    gone = []
    try:
        if Context.open(model, name) is None:
            gone.append("none")
    except Exception as e:
        gone.append(str(e))
    copy = Context.open(model, anonymous)
    Context.delete(model, anonymous)
    answers = []
    for c in (taken, copy):
        c.user("Go on.").cue()
        answers.append(await c.generate(Sampler.top_k(temperature=0.0, k=1), max_tokens=5).collect_tokens())
    try:
        taken.truncate(10_000)
        refused = ""
    except Exception as e:
        refused = str(e)
    return {
        "waiting": waiting > 0 and waiting == length == counted,
        "pages": pages >= 1 and taken.page_size == copy.page_size,
        "lengths": lengths == {length + extra - over},
        "figures": all(isinstance(f, float) and f >= 0 for f in figures) and figures[4] > 0,
        "gone": len(gone) == 1,
        "same": answers[0] == answers[1] and len(answers[0]) > 0,
        "decoded": isinstance(tk.decode(tokens=answers[0]), str),
        "refused": "10000" in refused,
        "who": bool(runtime.username()) and bool(runtime.version()),
    }
