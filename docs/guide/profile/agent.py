"""An agent that asks a tool of its own before each answer, in one context."""

from inferlet import Context, Model, Sampler, runtime

SHELVES = [f"item {i}: shelf {i * 7 % 40}, {i * 13 % 90 + 1} coins" for i in range(4000)]


def words(text):
    return {w.strip(".,:?").lower() for w in text.split()}


def search(question):
    wanted = words(question)
    best = max(SHELVES, key=lambda line: len(wanted & words(line)))
    return best


async def main(input):
    ctx = Context(Model.load(runtime.models()[0]))
    ctx.system("Answer in one short sentence, with what the tool found.")
    answers = []
    for item in (17, 230, 3111):
        question = f"What does item {item} cost?"
        found = search(question)
        ctx.user(f"{question} The tool found: {found}.")
        answers.append(await ctx.generate(Sampler.argmax(), max_tokens=24).collect_text())
    return answers
