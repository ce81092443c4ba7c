"""Extraction to a graph: one relation per sentence, all sentences at once, under a schema made of the names in the text.

The engine computes the prompts while the program looks for the names; the graph is made in the program, and only it leaves.
"""

import asyncio
import re

from inferlet import Context, Model, Sampler, runtime

TEXT = "Ada wrote a letter to Charles. Charles built a machine in London. Mary taught Ada. Charles met Mary."
VERBS = ["wrote to", "built", "taught", "met"]


async def prepare(base, sentence):
    ctx = base.fork().user(f"Which relation does this sentence tell? {sentence}").cue()
    await ctx.flush()
    return ctx


async def extract(prepared, schema):
    with await prepared as ctx:
        return await ctx.generate(Sampler.argmax(), max_tokens=48).collect_json(schema=schema)


def reachable(edges, start):
    seen, todo = set(), [start]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += [edge["to"] for edge in edges if edge["from"] == name]
    return sorted(seen - {start})


async def main(input):
    text = input.get("text", TEXT)
    base = Context(Model.load(runtime.models()[0])).system("You extract relations between names as JSON.")
    await base.flush()
    sentences = re.findall(r"[^.]+\.", text)
    prefills = [asyncio.create_task(prepare(base, sentence.strip())) for sentence in sentences]
    await asyncio.sleep(0)  # the prefills are on their way; what follows runs beside them
    names = sorted(set(re.findall(r"\b[A-Z][a-z]+\b", text)))
    schema = {
        "type": "object",
        "required": ["from", "verb", "to"],
        "properties": {"from": {"enum": names}, "verb": {"enum": input.get("verbs", VERBS)}, "to": {"enum": names}},
    }
    edges = await asyncio.gather(*[extract(prefill, schema) for prefill in prefills])
    return {"names": names, "edges": edges, "reachable": {name: reachable(edges, name) for name in names}}
