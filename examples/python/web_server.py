"""Answer HTTP requests: an echo, headers, a delayed answer, events, and an endpoint that answers questions.

Start it on a server:  pie app start web examples/python/web_server.py
Then:                  curl http://127.0.0.1:8080/apps/web/echo?a=1
"""

import asyncio

from inferlet import Context, Model, Sampler, http, runtime

requests = 0


async def handle(request):
    global requests
    requests += 1
    match request.path:
        case "/echo":
            return http.Response({"method": request.method, "query": request.query, "body": await request.text()})
        case "/headers":
            answer = {"agent": request.headers.get("user-agent", ""), "user": request.headers["x-pie-user"]}
            return http.Response(answer, headers={"X-Requests": requests})
        case "/late":
            await asyncio.sleep(float(request.query.get("seconds", "0.1")))
            return "late, as asked for"
        case "/events":
            return http.sse(countdown(int(request.query.get("from", "3"))))
        case "/responses":
            return await respond(await request.json())
    return http.Response("no such page", 404)


async def countdown(n):
    for i in range(n, 0, -1):
        yield {"event": "count", "data": i}
        await asyncio.sleep(0.01)
    yield "lift off"


async def respond(asked):
    """A small endpoint in the style of /v1/responses: the answer at once, or as events."""
    model = Model.load(runtime.models()[0])
    ctx = Context(model)
    ctx.user(asked["input"])
    generation = ctx.generate(Sampler.argmax(), max_tokens=asked.get("max_output_tokens", 32))
    if asked.get("stream"):
        return http.sse(deltas(generation))
    text = await generation.collect_text()
    ctx.release()
    return {"object": "response", "model": model.name, "output_text": text, "usage": {"output_tokens": generation.tokens_generated}}


async def deltas(generation):
    async with generation.context:
        async for step in generation:
            out = await step.execute()
            if out.text:
                yield {"event": "response.output_text.delta", "data": {"delta": out.text}}
        yield {"event": "response.completed", "data": {"output_tokens": generation.tokens_generated}}
