"""Action loop: the model writes arithmetic, the program evaluates it and feeds the value back, until the model answers.

Each action is held to a JSON schema. On the last step the schema is replaced by one that allows nothing but an answer, so the
loop always ends with one. The code never leaves the engine, and the conversation is computed once.
"""

import ast
import operator

from inferlet import Context, Model, Sampler, runtime

CALCULATE = {
    "type": "object",
    "required": ["action", "code"],
    "properties": {
        "action": {"enum": ["calculate"]},
        "code": {"type": "string", "pattern": "^[0-9]{1,3}( [-+*] [0-9]{1,3}){1,2}$"},
    },
}
ANSWER = {
    "type": "object",
    "required": ["action", "value"],
    "properties": {"action": {"enum": ["answer"]}, "value": {"type": "integer", "minimum": -9999, "maximum": 999999}},
}
STEP = {"anyOf": [CALCULATE, ANSWER]}
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}


def evaluate(code):
    def value(node):
        match node:
            case ast.Constant(value=int(number)):
                return number
            case ast.BinOp(left=left, op=op, right=right):
                return OPERATORS[type(op)](value(left), value(right))
        raise ValueError(f"not arithmetic: {ast.dump(node)}")

    return value(ast.parse(code, mode="eval").body)


async def main(input):
    steps = input.get("steps", 3)
    ctx = Context(Model.load(runtime.models()[0]))
    ctx.system("Solve the problem step by step. Each step is a JSON action: calculate some code, or answer with a value.")
    ctx.user(input.get("question", "A box holds 12 eggs. How many eggs are in 7 boxes and 5 single ones?"))
    trace = []
    for step in range(1, steps + 1):
        schema = ANSWER if step == steps else CALCULATE if step == 1 else STEP
        action = await ctx.generate(Sampler.argmax(), max_tokens=64).collect_json(schema=schema)
        trace.append(action)
        if action["action"] == "answer":
            return {"answer": action["value"], "trace": trace, "tokens_in": runtime.stats().tokens_in}
        action["result"] = evaluate(action["code"])
        ctx.user(f"{action['code']} = {action['result']}")
