"""Retry with lessons: check each answer in the program, go back to the checkpoint, say what was wrong, and draw more freely.

The checkpoint is a fork, so a retry computes the lesson and the new answer only, and no answer leaves before it has passed.
"""

from inferlet import Context, Model, Sampler, runtime

TASK = "Write one short sentence about a cat."
LADDER = [0.0, 0.6, 0.8, 1.0, 1.2, 1.4]


def problems(text, word, most):
    found = []
    if word not in text.lower():
        found.append(f"use the word {word}")
    if len(text.split()) > most:
        found.append(f"use at most {most} words")
    return found


async def main(input):
    word, most = input.get("word", "sleep"), input.get("most_words", 14)
    checkpoint = Context(Model.load(runtime.models()[0])).user(input.get("task", TASK))
    await checkpoint.flush()
    attempts, lessons = [], []
    for seed, temperature in enumerate(LADDER):
        with checkpoint.fork() as ctx:
            if lessons:
                ctx.user(f"Remember to {' and '.join(lessons)}.")
            sampler = Sampler.top_p(temperature, 0.95, seed=seed)
            text = (await ctx.generate(sampler, max_tokens=input.get("max_tokens", 24)).collect_text()).strip()
        wrong = problems(text, word, most)
        attempts.append({"temperature": temperature, "text": text, "wrong": wrong})
        if not wrong:
            break
        lessons = sorted({*lessons, *wrong})
    return {"answer": text if not wrong else None, "attempts": attempts, "lessons": lessons, "tokens_in": runtime.stats().tokens_in}
