"""Own drafter: guess that a text goes on as it went on before (prompt look-up), and have several guesses checked in one pass.

A Speculator is any object with draft() and accept(). The text is the same as without it; rewriting or quoting takes fewer passes.
"""

from inferlet import Context, Model, Sampler, runtime

TEXT = "Copy this line: the quick brown fox jumps over the lazy dog.\nCopy: the quick brown fox"


class PromptLookup:
    def __init__(self, tokens, size=2, most=6):
        self.tokens, self.size, self.most = list(tokens), size, most
        self.hits = self.misses = 0

    def draft(self):
        end = self.tokens[-self.size :]
        for at in range(len(self.tokens) - self.size - 1, -1, -1):
            if self.tokens[at : at + self.size] == end:
                found = self.tokens[at + self.size : at + self.size + self.most]
                return found, [0] * len(found)
        return [], []

    def accept(self, tokens):
        self.tokens += tokens
        self.hits += len(tokens) - 1

    def rollback(self, n):
        self.misses += n


async def run(model, prompt, n, drafter=None):
    before = runtime.stats().forward_passes
    ctx = Context(model).append(prompt)
    generation = ctx.generate(Sampler.argmax(), max_tokens=n, stop=[], auto_flush=False, speculator=drafter, system_speculation=False)
    return await generation.collect_tokens(), runtime.stats().forward_passes - before


async def main(input):
    model = Model.load(runtime.models()[0])
    prompt = model.tokenizer().encode(input.get("text", TEXT))
    n = input.get("max_tokens", 24)
    plain, passes = await run(model, prompt, n)
    drafter = PromptLookup(prompt)
    drafted, fewer = await run(model, prompt, n, drafter)
    return {
        "text": model.tokenizer().decode(plain),
        "same": plain == drafted,
        "passes": passes,
        "passes_with_drafter": fewer,
        "guessed_right": drafter.hits,
        "guessed_wrong": drafter.misses,
    }
