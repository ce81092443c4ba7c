"""Measuring harness: jobs arrive as messages, each makes exactly n tokens, and what it cost goes back to the client.

Send `{"prompt": "…", "n": 16}` with `pie send ID TEXT`, as many as you like, and an empty message to end.
"""

import json
import time

from inferlet import Context, Model, Sampler, runtime, session


async def measure(model, prompt, n):
    before, started = runtime.stats(), time.perf_counter()
    with Context(model).append_text(prompt) as ctx:
        tokens = await ctx.generate(Sampler.argmax(), max_tokens=n, stop=[], auto_flush=False).collect_tokens()
    seconds, after = time.perf_counter() - started, runtime.stats()
    return {
        "tokens": len(tokens),
        "tokens_in": after.tokens_in - before.tokens_in,
        "reused": after.tokens_reused - before.tokens_reused,
        "passes": after.forward_passes - before.forward_passes,
        "seconds": seconds,
        "driver_seconds": after.time_driver - before.time_driver,
        "per_token_ms": 1e3 * seconds / max(1, len(tokens)),
    }


async def main(input):
    model = Model.load(runtime.models()[0])
    jobs = 0
    while message := await session.receive():
        job = json.loads(message)
        session.send(await measure(model, job.get("prompt", "Once upon a time"), job.get("n", 16)))
        jobs += 1
    stats = runtime.stats()
    return {"jobs": jobs, "tokens_out": stats.tokens_out, "wall_seconds": stats.wall_time, "pages_peak": stats.pages_peak}
