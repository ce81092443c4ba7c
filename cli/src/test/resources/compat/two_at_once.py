"""Run two generations under gather and see whether their steps interleave."""
import asyncio
from inferlet import Context, Model, Sampler, runtime, session


async def write(name: str, model: Model, prompt: str, n: int, order: list[tuple[str, int]]) -> int:
    ctx = Context(model)
    ctx.user(prompt)
    print(f"{name} START")
    count = 0
    async for step in ctx.generate(Sampler.top_p(0.8, 0.95), max_tokens=n, stop=[]):
        out = await step.execute()
        count += len(out.tokens)
        order.append((name, count))
    print(f"{name} END")
    return count


async def main(input):
    model = Model.load(runtime.models()[0])
    n, order = input.get("max_tokens", 10), []
    counts = await asyncio.gather(write("A", model, "Write about cats.", n, order), write("B", model, "Write about dogs.", n, order))
    names = "".join(name for name, _ in order)
    verdict = "CONCURRENT" if names.index("B") < names.rindex("A") and names.index("A") < names.rindex("B") else "SEQUENTIAL"
    session.send(verdict)
    return {"verdict": verdict, "counts": counts}
