"""Time host calls: ns each, median of the rounds after the first half."""

import time

from inferlet import Context, Model, runtime


def cost(n, call):
    times = []
    for _ in range(20):
        start = time.perf_counter_ns()
        for _ in range(n):
            call()
        times.append((time.perf_counter_ns() - start) / n)
    return sorted(times[10:])[5]


async def main(input):
    n = input["n"]
    model = Model.load(runtime.models()[0])
    ctx = Context(model)
    tokenizer = model.tokenizer()
    start = time.perf_counter_ns()
    for _ in range(n):
        await ctx.flush()
    flush = (time.perf_counter_ns() - start) / n
    return {
        "empty loop": cost(n, lambda: None),
        "property (seq_len)": cost(n, lambda: ctx.seq_len),
        "encode 5 words": cost(n // 10, lambda: tokenizer.encode("the sea is very blue")),
        "tokens() of an empty context": cost(n, ctx.tokens),
        "await of a flush with nothing pending": flush,
    }
