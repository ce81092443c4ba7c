"""Attention sink and window: let each token see the first few and the last few tokens, in three ways that give the same text.

By masks from the helpers, by run lengths written by hand, and by `set_window`, which also gives back the pages nobody sees.
"""

from inferlet import Context, Mask, Model, Sampler, runtime

TEXT = "The old lighthouse stood on a rock far out in the grey sea, and every night its keeper climbed the stairs. " * 6


def by_hand(seen, sink, window):
    """False and true runs in turn, beginning with false."""
    return [0, seen] if seen <= sink + window else [0, sink, seen - sink - window, window]


async def decode(ctx, prompt, n, mask):
    """Greedy, with a mask for every row, in the prompt and after it."""
    rows, tokens = prompt, []
    with ctx:
        while len(tokens) < n:
            forward = ctx.forward()
            start = forward.start_position()
            forward.input(rows).attention_mask([mask(start + i + 1) for i in range(len(rows))])
            handle = forward.sample("last", Sampler.argmax())
            rows = [(await forward.execute()).token(handle)]
            tokens += rows
    return tokens


def pages():
    return runtime.stats().pages_held


async def main(input):
    model = Model.load(runtime.models()[0])
    prompt = model.tokenizer().encode(input.get("text", TEXT))
    n, sink, window = input.get("max_tokens", 12), input.get("sink", 4), input.get("window", 24)
    options = dict(max_tokens=n, stop=[], auto_flush=False)

    helpers = await decode(Context(model), prompt, n, lambda seen: Mask.sink(seen, sink, window))
    hand = await decode(Context(model), prompt, n, lambda seen: by_hand(seen, sink, window))
    with Context(model) as ctx:
        ctx.set_window(window, sink=sink)
        streamed = await ctx.append(prompt).generate(Sampler.argmax(), **options).collect_tokens()
        pages_windowed = pages()

    # what is dropped for good is hidden from all that comes later, as by a mask
    with Context(model).append(prompt) as ctx:
        await ctx.flush()
        cut, question = len(prompt) - window, prompt[:1]
        masked = await decode(ctx.fork(), question, n, lambda seen: Mask.ranges([(0, sink), (cut, seen)]))
        with ctx.fork() as whole:
            full = await whole.generate(Sampler.argmax(), **options).collect_tokens()
        pages_whole = pages()
        ctx.drop_prefix(cut, sink=sink)
        pages_dropped = pages()
        dropped = await ctx.append(question).generate(Sampler.argmax(), **options).collect_tokens()
    return {
        "text": model.tokenizer().decode(streamed),
        "helpers_equal_hand": helpers == hand,
        "window_equals_masks": streamed == helpers,
        "drop_equals_mask": dropped == masked,
        "whole_differs": full != streamed,
        "pages": {"whole": pages_whole, "windowed": pages_windowed, "dropped": pages_dropped},
    }
