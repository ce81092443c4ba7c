"""Own decode loop: read the raw logits of every step and choose the next token in Python.

The rule here is one that no server offers: greedy, but a word that was used in the answer may not be used again.
"""

from inferlet import Context, Logits, Model, chat, runtime


async def main(input):
    model = Model.load(runtime.models()[0])
    tokenizer = model.tokenizer()
    ctx = Context(model)
    ctx.user(input.get("prompt", "List words about the sea."))
    ctx.cue()
    stop = set(chat.stop_tokens(model))
    free_to_repeat = set(tokenizer.encode(", . \n and the a of"))
    repeat = input.get("repeat", False)

    tokens = []
    while len(tokens) < input.get("max_tokens", 24):
        forward = ctx.forward()  # takes the pending tokens as rows
        handle = forward.probe("last", Logits())
        out = await forward.execute()
        logits = memoryview(out.logits(handle)).cast("f")
        banned = set() if repeat else set(tokens) - free_to_repeat
        order = sorted(range(len(logits)), key=logits.__getitem__, reverse=True)[: len(banned) + 1]
        token = next(t for t in order if t not in banned)
        if token in stop:
            break
        tokens.append(token)
        ctx.append([token])
    return tokenizer.decode(tokens)
