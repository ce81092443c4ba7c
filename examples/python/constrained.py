"""Constrained decoding: a record by JSON Schema, a date by regex, a choice by EBNF, and a letter filled in from all three.

What the model may not say is masked before it draws, so that nothing has to be asked twice: `attempts` counts how often an
unconstrained model has to be asked until its answer parses.
"""

import json

from inferlet import Context, Ebnf, JsonSchema, Model, Regex, Sampler, runtime

PERSON = {
    "type": "object",
    "required": ["name", "age"],
    "properties": {"name": {"type": "string", "minLength": 2, "maxLength": 12}, "age": {"type": "integer", "minimum": 18, "maximum": 99}},
}
MOOD = 'root ::= ("glad" | "sorry" | "eager") ("!" | ".")'
LETTER = "Dear {name} ({age}), we are {mood} to meet you on {date}"


async def unconstrained(ask, tries):
    for attempt in range(1, tries + 1):
        with ask.fork() as ctx:
            text = await ctx.generate(Sampler.top_p(0.8, 0.95, seed=attempt), max_tokens=24).collect_text()
        try:
            if isinstance(json.loads(text), dict):
                return attempt
        except ValueError:
            pass
    return None


async def main(input):
    model = Model.load(runtime.models()[0])
    greedy = Sampler.argmax()
    ask = Context(model).user("Invent a person. Answer with JSON that has the keys name and age.").cue()
    await ask.flush()
    person = await ask.fork().generate(greedy, max_tokens=40).collect_json(schema=PERSON)
    day = Context(model).user("Name a date in the form year-month-day.")
    date = await day.generate(greedy, constrain=Regex(r"20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9])"), max_tokens=16).collect_text()
    say = Context(model).user("How do you feel about meeting someone new? One word.")
    mood = await say.generate(greedy, constrain=Ebnf(MOOD), max_tokens=8).collect_text()
    return {
        "person": person,
        "letter": LETTER.format(**person, mood=mood.rstrip("!."), date=date),
        "attempts_without": await unconstrained(ask, input.get("tries", 3)),
    }
