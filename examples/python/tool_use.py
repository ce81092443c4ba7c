"""Tool use: functions become tools, the model chooses one and its arguments, and the call's result goes back into the text.

A model with a form of its own for calls is held to that form; any other one to a schema made from the tools. Servers of the
Model Context Protocol are asked in the same way.
"""

import json
from typing import Literal

from inferlet import Context, GrammarConstraint, InvalidArgumentError, Model, NotFoundError, Sampler, mcp, runtime, tools


@tools.tool
def temperature(city: Literal["Oslo", "Rome"]) -> int:
    """Tell the temperature in a city."""
    return {"Oslo": 3, "Rome": 21}[city]


@tools.tool
def capital(country: Literal["Norway", "Italy"]) -> str:
    """Tell the capital of a country."""
    return {"Norway": "Oslo", "Italy": "Rome"}[country]


TOOLS = {tool.name: tool for tool in (temperature, capital)}


async def choose(model, ctx):
    matcher = tools.native_matcher(model, list(TOOLS.values()))
    if matcher is not None:
        tokens = await ctx.generate(Sampler.argmax(), max_tokens=96, constrain=GrammarConstraint(matcher)).collect_tokens()
        call = tools.parse_call(model, tokens)
        return call.name, call.args
    forms = [
        {
            "type": "object",
            "required": ["name", "arguments"],
            "properties": {"name": {"enum": [tool.name]}, "arguments": tool.schema},
        }
        for tool in TOOLS.values()
    ]
    call = await ctx.generate(Sampler.argmax(), max_tokens=64).collect_json(schema={"anyOf": forms})
    return call["name"], json.dumps(call["arguments"])


def ask_server(request):
    try:
        with mcp.connect(request["server"]) as server:
            reply = json.loads(server.call_tool(request["tool"], request.get("arguments", {})))
            return {"text": reply["content"][0]["text"], "failed": reply.get("isError", False)}
    except NotFoundError as e:
        return {"text": e.code.value, "failed": True}


async def main(input):
    model = Model.load(runtime.models()[0])
    ctx = Context(model)
    if tools.supported(model):
        ctx.equip(list(TOOLS.values()))
    else:
        ctx.system("You may call: " + "; ".join(f"{t.name}: {t.description}" for t in TOOLS.values()))
    ctx.user(input.get("question", "How warm is it in Rome?"))
    name, arguments = await choose(model, ctx)
    with ctx.idle():  # pages that others may have while the tool runs
        result = await TOOLS[name].call(arguments)
    if tools.supported(model):
        ctx.answer(name, result)
    else:
        ctx.user(f"{name} says {result}. Tell me in one sentence.")
    answer = await ctx.generate(Sampler.argmax(), max_tokens=input.get("max_tokens", 24)).collect_text()
    try:
        await capital.call('{"country": 7}')
    except InvalidArgumentError as e:
        refused = e.code.value
    return {
        "tool": name,
        "arguments": json.loads(arguments),
        "result": result,
        "answer": answer.strip(),
        "bad_arguments": refused,
        "servers": [ask_server(request) for request in input.get("mcp", [])],
    }
