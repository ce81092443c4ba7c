"""Two adapters and the model as it is, side by side in the same steps, with a drafter of the program's own.

Give "adapters": {"name": "/data/folder"} to load LoRA adapters in PEFT's form; without that, two small random ones are made. Each text is
the same with and without the drafter, and pages are found again by their own adapter only.
"""

import asyncio

from inferlet import Adapter, Context, Model, Sampler, runtime, zo

TEXT = "Copy this line: the quick brown fox jumps over the lazy dog.\nCopy: the quick brown fox jumps over the lazy dog.\nCopy: the quick"


class PromptLookup:
    """Guess that a text goes on as it went on after its last two tokens before."""

    def __init__(self, tokens):
        self.tokens = list(tokens)

    def draft(self):
        for at in range(len(self.tokens) - 3, -1, -1):
            if self.tokens[at : at + 2] == self.tokens[-2:]:
                found = self.tokens[at + 2 : at + 6]
                return found, [0] * len(found)
        return [], []

    def accept(self, tokens):
        self.tokens += tokens


def make(model, name, seed):
    """A random adapter: one step of the search that zo offers, from one that adds nothing."""
    adapter = Adapter.create(model, name)
    zo.initialize(adapter, rank=4, alpha=8, population_size=1, mu_fraction=1, initial_sigma=0.06)
    zo.update(adapter, [1], [seed], 0.06)
    return adapter


def load(model, name, path):
    adapter = Adapter.open(model, name) or Adapter.create(model, name)
    adapter.load(path)
    return adapter


async def reused(model, prompt, adapter):
    """How many of the prompt's tokens other contexts had computed."""
    before = runtime.stats().tokens_reused
    with Context(model) as ctx:
        forward = ctx.append(prompt).forward().adapter(adapter)
        forward.sample("last", Sampler.argmax())
        await forward.execute()
    return runtime.stats().tokens_reused - before


async def write(model, prompt, adapter, n, speculator=None):
    options = {"max_tokens": n, "stop": [], "auto_flush": False, "adapter": adapter, "speculator": speculator}
    return await Context(model).append(prompt).generate(Sampler.argmax(), system_speculation=False, **options).collect_tokens()


async def main(input):
    model = Model.load(runtime.models()[0])
    tk = model.tokenizer()
    prompt, n = tk.encode(input.get("text", TEXT)), input.get("max_tokens", 16)
    fresh = tk.encode(runtime.instance_id()) + prompt  # that nobody can have computed before
    given = input.get("adapters")
    if given:
        adapters = [load(model, name, path) for name, path in given.items()]
    else:
        adapters = [make(model, "first", 1), make(model, "second", 2)]
    all = [None, *adapters]
    try:
        between = [await reused(model, fresh, adapter) for adapter in all]
        again = [await reused(model, fresh, adapter) for adapter in all]
        plain = await asyncio.gather(*(write(model, prompt, a, n) for a in all))
        drafted = await asyncio.gather(*(write(model, prompt, a, n, PromptLookup(prompt)) for a in all))
        return {
            "texts": [tk.decode(tokens) for tokens in plain],
            "same_with_drafter": list(plain) == list(drafted),
            "reused_between": sum(between),
            "reused_by_its_own": min(again),
        }
    finally:
        for adapter in adapters:
            adapter.destroy()
