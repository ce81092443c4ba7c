"""Decode in a loop of one's own with hierarchical masks: each paragraph sees the head and itself, the answer sees all of it."""
from inferlet import Context, Model, Sampler, chat, runtime


def brle(total: int, seen: list[tuple[int, int]]) -> list[int]:
    runs, at = [], 0
    for start, end in seen:
        runs += [start - at, end - start]
        at = end
    return runs + [total - at] if at < total else runs


async def main(input):
    model = Model.load(runtime.models()[0])
    tokenizer = model.tokenizer()
    stops = set(chat.stop_tokens(model) + tokenizer.encode("\n\n"))
    head: list[int] = []
    head.extend(chat.system(model, "Answer from the paragraphs."))
    paragraphs = [tokenizer.encode(text) for text in ("The cat is black. ", "The dog is white. ")]
    tail: list[int] = []
    tail.extend(chat.user(model, input.get("question", "Which colour has the dog?")))
    tail.extend(chat.cue(model))
    tokens = head + paragraphs[0] + paragraphs[1] + tail
    n, h, p = len(tokens), len(head), len(head) + len(paragraphs[0])
    q = p + len(paragraphs[1])

    masks = []
    for i in range(n):
        if i < h or i >= q:
            masks.append(brle(n, [(0, i + 1)]))
        elif i < p:
            masks.append(brle(n, [(0, h), (h, i + 1)]))
        else:
            masks.append(brle(n, [(0, h), (p, i + 1)]))
    ctx = Context(model)
    fwd = ctx.forward()
    assert fwd.start_position() == 0
    fwd.input(tokens)
    fwd.attention_mask(masks)
    handle = fwd.sample([n - 1], Sampler.argmax())
    token = (await fwd.execute()).token(handle)
    answer = []
    while token is not None and token not in stops and len(answer) < input.get("max_tokens", 10):
        answer.append(token)
        fwd = ctx.forward()
        total = fwd.start_position() + 1
        fwd.input([token])
        fwd.attention_mask([brle(total, [(0, total)])])
        handle = fwd.sample([0], Sampler.argmax())
        token = (await fwd.execute()).token(handle)
    return {"answer": tokenizer.decode(answer), "tokens": ctx.seq_len - n == len(answer)}
