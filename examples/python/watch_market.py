"""Watch the market from inside: read what the scheduler says between two passes, and draw it.

Rivals, contexts of the same program, make pages short where there are few. The returned value is a picture:
    ./pie run -q --pages 36 examples/python/watch_market.py -- --rivals 3 > market.svg
"""

import asyncio
import time

from inferlet import Context, Model, Sampler, runtime, scheduling

SERIES = [
    ("balance", "credits left"),
    ("rent", "credits a page and step"),
    ("dividend", "credits of the last step"),
    ("latency", "milliseconds a step"),
    ("price", "credits a new page"),
]
COLOURS = ["#3b7dd8", "#c25450", "#4f9d69", "#8a63c0", "#b8862d"]


async def rival(model, n, tokens):
    with Context(model) as ctx:
        ctx.append([1000 + 97 * n + i for i in range(120)])
        await ctx.generate(Sampler.argmax(), max_tokens=tokens, stop=[]).collect_tokens()


def panel(n, samples):
    top = 84 * n
    values = [s[n + 1] for s in samples]
    most = max(*values, 1e-9)
    begin, end = samples[0][0], samples[-1][0] + 1e-9
    points = " ".join(f"{170 + 450 * (s[0] - begin) / (end - begin):.1f},{top + 74 - 60 * v / most:.1f}" for s, v in zip(samples, values))
    name, unit = SERIES[n]
    return (
        f'<text x="8" y="{top + 24}" font-weight="bold">{name}</text><text x="8" y="{top + 42}">{unit}</text>'
        f'<text x="8" y="{top + 60}">max {max(values):.4f}</text><path d="M170 {top + 74}H620" stroke="#8884"/>'
        f'<polyline points="{points}" fill="none" stroke="{COLOURS[n]}" stroke-width="1.5"/>'
    )


def picture(samples):
    panels = "\n".join(panel(n, samples) for n in range(len(SERIES)))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 446" font-family="sans-serif" font-size="12" fill="#777">\n'
        f'{panels}\n<text x="170" y="438">{samples[0][0]:.1f} s</text><text x="620" y="438" text-anchor="end">{samples[-1][0]:.1f} s</text></svg>'
    )


async def main(input):
    model = Model.load(runtime.models()[0])
    ctx = Context(model)
    ctx.user("Write about the sea.")
    ctx.cue()
    tokens = input.get("max_tokens", 160)
    rivals = [asyncio.create_task(rival(model, n, tokens)) for n in range(input.get("rivals", 0))]
    samples = []
    begun = time.perf_counter()
    async for step in ctx.generate(Sampler.argmax(), max_tokens=tokens, stop=[]):
        await step.execute()
        now = time.perf_counter() - begun
        samples.append((
            now,
            scheduling.balance(model),
            scheduling.rent(ctx),
            scheduling.dividend(model),
            1000 * scheduling.latency(ctx),
            scheduling.price(),
        ))
    await asyncio.gather(*rivals)
    return picture(samples)
