import asyncio, json, math, re
from inferlet import *
from inferlet import chat, contexts, reasoning, runtime, session, timers, tools

model = Model.load(runtime.models()[0])
tk = model.tokenizer()


def fresh(text="The quick brown fox"):
    """A context in which the text is pending."""
    return Context(model).append_text(text)


async def code(call):
    """The code of the error that a call raises, or that awaiting its result raises."""
    try:
        value = call()
        if hasattr(value, "__await__"):
            await value
        return "none"
    except PieError as e:
        return e.code.value if str(e) else "no message"
