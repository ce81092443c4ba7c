"""Stream one answer with the decoders of the chat and of the reasoning."""
from inferlet import Context, Model, Sampler, chat, reasoning, runtime, session


async def main(input: dict):
    model = Model.load(runtime.models()[0])
    ctx = Context(model)
    ctx.system(input.get("system", "You are a helpful assistant.")).user(input.get("prompt", "Say hello."))
    ctx.cue()
    decoder, thinking = chat.Decoder(model), reasoning.Decoder(model)
    thoughts, text = 0, ""
    async for step in ctx.generate(Sampler.top_p(0.6, 0.95), max_tokens=input.get("max_tokens", 12)):
        out = await step.execute()
        match thinking.feed(out.tokens):
            case reasoning.Event.Delta(text=t):
                thoughts += len(t)
            case _:
                pass
        match decoder.feed(out.tokens):
            case chat.Event.Delta(text=t):
                text += t
                session.send(t)
            case chat.Event.Done(_):
                break
            case chat.Event.Interrupt(token):
                print(f"interrupted by {token}")
    session.send("[done]")
    session.set_return("done" if text and thoughts == 0 else "nothing was said")
