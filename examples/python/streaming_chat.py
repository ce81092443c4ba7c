"""Chat: stream each answer piece by piece as the model produces it, then wait for the next message of the client.

The conversation stays in one context, so every turn computes its new tokens only.
Send messages with `pie send ID TEXT`, or type them in `pie attach ID`; an empty message ends the chat.
"""

from inferlet import Context, Model, Sampler, chat, runtime, session


async def answer(ctx, model, max_tokens):
    decoder = chat.Decoder(model)
    async for step in ctx.generate(Sampler.top_p(0.6, 0.95, seed=7), max_tokens=max_tokens):
        out = await step.execute()
        for event in decoder.feed_all(out):
            match event:
                case chat.Event.Delta(text=text):
                    session.send(text)
                case chat.Event.Done(_):
                    break


async def main(input):
    model = Model.load(runtime.models()[0])
    ctx = Context(model)
    ctx.system("You are a friendly assistant. Keep answers short.")
    turns = list(input.get("messages", ["Hello! Who are you?", "Tell me one fact about the sea."]))
    interactive = input.get("interactive", False)
    count = 0
    while turns or interactive:
        message = turns.pop(0) if turns else await session.receive()
        if not message:
            break
        ctx.user(message)
        await answer(ctx, model, input.get("max_tokens", 64))
        session.send("\n[done]\n")
        count += 1
    return {"turns": count, "tokens_in": runtime.stats().tokens_in}
