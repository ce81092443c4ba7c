"""Evolution strategy: find an adapter under which the model says a given answer rather, by scores alone and without a gradient.

Each generation perturbs the adapter by seeds, scores what every seed makes of the model, all at once, and goes to where the best ones lie.
With "save" the adapter is written there, a folder in /data, as PEFT reads it.
"""

import asyncio

from inferlet import Adapter, Context, Logprob, Model, runtime, zo

PROMPT, ANSWER = "The best colour of all is", " certainly a deep green"


async def score(model, prompt, answer, adapter, seed=None):
    """Log probability of the answer after the prompt."""
    ctx = Context(model, prefix_cache=False)
    forward = ctx.forward().input(prompt + answer).adapter(adapter)
    if seed is not None:
        zo.adapter_seed(forward, seed)
    probes = [forward.probe(len(prompt) + i - 1, Logprob(token)) for i, token in enumerate(answer)]
    out = await forward.execute()
    ctx.release()
    return sum(out.logprobs(probe)[0] for probe in probes)


async def main(input):
    model = Model.load(runtime.models()[0])
    tk = model.tokenizer()
    prompt, answer = tk.encode(input.get("prompt", PROMPT)), tk.encode(input.get("answer", ANSWER))
    population, sigma = input.get("population", 8), input.get("sigma", 0.01)
    adapter = Adapter.create(model, input.get("name", "evolved"))
    try:
        zo.initialize(adapter, rank=2, alpha=4, population_size=population, mu_fraction=0.5, initial_sigma=sigma)
        history = [await score(model, prompt, answer, adapter)]
        for generation in range(input.get("generations", 3)):
            seeds = [generation * population + i for i in range(population)]
            scores = await asyncio.gather(*(score(model, prompt, answer, adapter, seed) for seed in seeds))
            zo.update(adapter, scores, seeds, max_sigma=sigma)
            history.append(await score(model, prompt, answer, adapter))
        if "save" in input:
            adapter.save(input["save"])
        return {"history": [round(each, 4) for each in history], "gained": history[-1] - history[0]}
    finally:
        adapter.destroy()
