"""Errors: provoke every error that a program can meet, catch each by its class, and go on as if nothing had happened.

A failed call changes nothing: the context that was there before all of them still gives the same text after.
"""

import asyncio

import inferlet
from inferlet import Context, Model, PieError, Regex, Sampler, http, messaging, runtime, timers


async def child(name, **options):
    return await runtime.launch(runtime.program(), {"role": name}, **options)


async def cancelled():
    running = runtime.launch(runtime.program(), {"role": "wait"})
    running.cancel()
    await running


async def role(name, model):
    match name:
        case "fail":
            raise Exception("no luck")
        case "recurse":
            def deeper(n):
                return deeper(n + 1) + 1
            return deeper(0)
        case "wait":
            await messaging.pull(runtime.instance_id())
        case "write":
            ctx = Context(model).append_text("Write on and on")
            return await ctx.generate(Sampler.argmax(), max_tokens=64, stop=[]).collect_text()


def provocations(model, ctx):
    nothing = Context(model).append_text("x")
    return {
        "INVALID_ARGUMENT": lambda: ctx.truncate(1 << 20),
        "CONTEXT_LENGTH_EXCEEDED": lambda: Context(model).append([1] * (model.info().max_context + 1)).flush(),
        "OUT_OF_PAGES": lambda: nothing.reserve_working_pages(1 << 20),
        "PERMISSION_DENIED": lambda: ctx.publish(),
        "NOT_FOUND": lambda: Context.open(model, "nobody/has/saved/this"),
        "ALREADY_EXISTS": lambda: [ctx.save(f"{runtime.instance_id()}/errors", ttl=60) for _ in range(2)],
        "UNSUPPORTED": lambda: model.speak("a word"),
        "GRAMMAR_VIOLATION": lambda: Context(model).generate(Sampler.argmax(), constrain=Regex("[0-9]{4}")).accept([5]),
        "GUEST_ERROR": lambda: child("fail"),
        "CANCELLED": lambda: cancelled(),
        "BUDGET_EXHAUSTED": lambda: child("write", token_budget=8),
        "TIMEOUT": lambda: timers.timeout(asyncio.sleep(60), 0.01),
        "UPSTREAM_FAILURE": lambda: http.get("http://127.0.0.1:1/"),
    }


async def main(input):
    model = Model.load(runtime.models()[0])
    if "role" in input:
        return await role(input["role"], model)
    ctx = Context(model).append_text("The capital of France is")
    await ctx.flush()
    options = dict(max_tokens=4, stop=[], auto_flush=False)
    before = await ctx.fork().generate(Sampler.argmax(), **options).collect_tokens()
    caught = {}
    for code, provoke in provocations(model, ctx).items():
        try:
            result = provoke()
            if hasattr(result, "__await__"):
                await result
            caught[code] = "nothing happened"
        except PieError as e:
            caught[code] = [e.code.value, isinstance(e, getattr(inferlet, type(e).__name__)), bool(str(e))]
    after = await ctx.generate(Sampler.argmax(), **options).collect_tokens()
    return {"caught": caught, "unharmed": before == after}
