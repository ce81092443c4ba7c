import asyncio

from inferlet import Adapter, Context, Logprob, Model, Sampler, runtime, zo


async def score(model, prompt, answer, adapter, seed):
    with Context(model) as ctx:
        forward = ctx.forward().input(prompt + answer).adapter(adapter).zo_seed(seed)
        probes = [forward.probe(len(prompt) + i - 1, Logprob(token)) for i, token in enumerate(answer)]
        out = await forward.execute()
        return sum(out.logprobs(probe)[0] for probe in probes)


async def main(input):
    model = Model.load(runtime.models()[0])
    tk = model.tokenizer()
    prompt, answer = tk.encode(input["prompt"]), tk.encode(input["answer"])
    with Adapter.open(model, "style") or Adapter.create(model, "style") as adapter:
        zo.initialize(adapter, rank=2, alpha=4, population_size=8, mu_fraction=0.5, initial_sigma=0.01)
        for generation in range(2):
            seeds = range(8 * generation, 8 * generation + 8)
            scores = await asyncio.gather(*(score(model, prompt, answer, adapter, seed) for seed in seeds))
            zo.update(adapter, scores, seeds, max_sigma=0.01)
    return max(scores) - min(scores)
