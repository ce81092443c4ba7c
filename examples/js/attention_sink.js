// Attention sink and window: let each token see the first few and the last few tokens, in three ways that give the same text.
// By masks from the helpers, by run lengths written by hand, and by `setWindow`, which also gives back the pages nobody sees.
import { Context, Mask, Model, Sampler, runtime } from 'inferlet';

const TEXT = 'The old lighthouse stood on a rock far out in the grey sea, and every night its keeper climbed the stairs. '.repeat(6);

// False and true runs in turn, beginning with false.
function byHand(seen, sink, window) {
  return seen <= sink + window ? [0, seen] : [0, sink, seen - sink - window, window];
}

// Greedy, with a mask for every row, in the prompt and after it.
async function decode(context, prompt, n, mask) {
  using ctx = context;
  const tokens = [];
  for (let rows = prompt; tokens.length < n; rows = tokens.slice(-1)) {
    const forward = ctx.forward();
    const start = forward.startPosition();
    forward.input(rows).attentionMask(Array.from(rows, (_, i) => mask(start + i + 1)));
    const handle = forward.sample('last', Sampler.argmax());
    tokens.push((await forward.execute()).token(handle));
  }
  return tokens;
}

const pages = () => runtime.stats().pagesHeld;
const same = (a, b) => String([...a]) === String([...b]);

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const prompt = model.tokenizer().encode(input.text ?? TEXT);
  const { max_tokens: n = 12, sink = 4, window = 24 } = input;
  const options = { maxTokens: n, stop: [], autoFlush: false };

  const helpers = await decode(new Context(model), prompt, n, (seen) => Mask.sink(seen, sink, window));
  const hand = await decode(new Context(model), prompt, n, (seen) => byHand(seen, sink, window));
  let streamed, windowed;
  {
    using ctx = new Context(model);
    ctx.setWindow(window, { sink });
    streamed = await ctx.append(prompt).generate(Sampler.argmax(), options).collectTokens();
    windowed = pages();
  }

  // what is dropped for good is hidden from all that comes later, as by a mask
  using ctx = new Context(model).append(prompt);
  await ctx.flush();
  const [cut, question] = [prompt.length - window, prompt.slice(0, 1)];
  const masked = await decode(ctx.fork(), question, n, (seen) => Mask.ranges([[0, sink], [cut, seen]]));
  let full;
  {
    using fork = ctx.fork();
    full = await fork.generate(Sampler.argmax(), options).collectTokens();
  }
  const whole = pages();
  ctx.dropPrefix(cut, { sink });
  const left = pages();
  const dropped = await ctx.append(question).generate(Sampler.argmax(), options).collectTokens();
  return {
    text: model.tokenizer().decode(streamed),
    helpers_equal_hand: same(helpers, hand),
    window_equals_masks: same(streamed, helpers),
    drop_equals_mask: same(dropped, masked),
    whole_differs: !same(full, streamed),
    pages: { whole, windowed, dropped: left },
  };
}
