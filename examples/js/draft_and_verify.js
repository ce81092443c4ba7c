// Draft and verify by hand: guess several tokens, run them as one pass, keep the run that was right, take the rest back.
// Three drafters: what followed the same words before, a Jacobi window that improves its own guesses, and a second context that
// sees little and runs ahead. The text is always the one that plain decoding gives.
import { Context, Model, Sampler, runtime } from 'inferlet';

const TEXT = 'one two three four five one two three four five one two three';

// Run the last token and the drafts as rows; return the tokens that follow, and what the rows after them guessed.
async function verify(ctx, last, drafts) {
  const forward = ctx.forward().input([last, ...drafts]).deferCommit();
  const handle = forward.sample([last, ...drafts].map((_, i) => i), Sampler.argmax());
  const guesses = [...(await forward.execute()).tokensAt(handle)];
  let right = 0;
  while (right < drafts.length && guesses[right] === drafts[right]) right += 1;
  ctx.truncate(drafts.length - right); // the rejected rows go
  ctx.commitWorkingPages(Math.floor(ctx.workingPageTokenCount / ctx.pageSize)); // and what is full stays
  return [guesses.slice(0, right + 1), guesses.slice(right + 1)];
}

function lookup(tokens) {
  const [a, b] = tokens.slice(-2);
  for (let at = tokens.length - 3; at > 0; at--) {
    if (tokens[at] === a && tokens[at + 1] === b) return tokens.slice(at + 2, at + 6);
  }
  return [];
}

const jacobi = (tokens, unused) => [...unused, ...Array(4).fill(tokens.at(-1))].slice(0, 4);

// A second context that sees the last few tokens only, greedy, four tokens ahead.
function ahead(model) {
  const ctx = new Context(model);
  ctx.setWindow(12, { sink: 2 });
  let read = 0;
  return async (tokens) => {
    ctx.append(tokens.slice(read));
    read = tokens.length;
    await ctx.flush();
    using fork = ctx.fork();
    return [...await fork.generate(Sampler.argmax(), { maxTokens: 4, stop: [], autoFlush: false }).collectTokens()];
  };
}

async function decode(model, prompt, n, draft) {
  using ctx = new Context(model).append(prompt.slice(0, -1));
  await ctx.flush();
  const tokens = [...prompt];
  let unused = [];
  let passes = 0;
  while (tokens.length < prompt.length + n) {
    const [fresh, rest] = await verify(ctx, tokens.at(-1), await draft(tokens, unused));
    tokens.push(...fresh);
    unused = rest;
    passes += 1;
  }
  return [tokens.slice(prompt.length, prompt.length + n), passes];
}

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const prompt = [...model.tokenizer().encode(input.text ?? TEXT)];
  const n = input.max_tokens ?? 24;
  const options = { maxTokens: n, stop: [], autoFlush: false, systemSpeculation: false };
  const plain = await new Context(model).append(prompt).generate(Sampler.argmax(), options).collectTokens();
  const report = { text: model.tokenizer().decode(plain), same: {}, passes: { plain: n } };
  for (const [name, draft] of Object.entries({ lookup, jacobi, second_context: ahead(model) })) {
    const [tokens, passes] = await decode(model, prompt, n, draft);
    report.same[name] = String(tokens) === String([...plain]);
    report.passes[name] = passes;
  }
  return report;
}
