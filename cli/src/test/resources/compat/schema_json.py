"""Greet by a schema, then list skills by another one; send each, and return the last."""
import json
from inferlet import Context, JsonSchema, Model, Sampler, runtime, session

GREETING = {"type": "object", "properties": {"greeting": {"type": "string", "minLength": 1, "maxLength": 20}}, "required": ["greeting"]}
SKILLS = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 2, "maxLength": 10},
        "level": {"type": "integer", "minimum": 1, "maximum": 5},
        "skills": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 10}, "minItems": 2, "maxItems": 3},
    },
    "required": ["name", "level", "skills"],
}


async def main(input):
    model = Model.load(runtime.models()[0])
    ctx = Context(model).system("You answer in JSON.").user("Greet me.")
    greeting = await ctx.generate(Sampler.argmax(), max_tokens=40, constrain=JsonSchema(json.dumps(GREETING))).collect_text()
    session.send(json.loads(greeting)["greeting"])
    ctx.user("Describe a person with skills.")
    person = await ctx.generate(Sampler.top_p(0.6, 0.95), max_tokens=input.get("max_tokens", 96), constrain=JsonSchema(SKILLS)).collect_json(schema=SKILLS)
    for skill in person["skills"]:
        session.send(f"skill: {skill}")
    session.send("[done]")
    return person
