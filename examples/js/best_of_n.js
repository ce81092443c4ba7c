// Best of n: prefill the prompt once, fork it n times, sample all branches at once, keep the likeliest answer.
// The branches share the prompt's KV pages; the score is the mean log probability per token, read beside the logits.
import { Context, Logprob, Model, Sampler, runtime } from 'inferlet';

// Mean log probability of tokens 1 and on, all in one forward pass over a fork of the prompt.
async function score(base, tokens) {
  if (tokens.length < 2) return -Infinity;
  using judge = base.fork();
  const forward = judge.forward();
  forward.input(tokens.subarray(0, tokens.length - 1));
  const handles = Array.from(tokens.subarray(1), (token, i) => forward.probe(i, new Logprob(token)));
  const out = await forward.execute();
  return handles.reduce((sum, h) => sum + out.logprobs(h)[0], 0) / handles.length;
}

export async function main(input) {
  const n = input.n ?? 4;
  const model = Model.load(runtime.models()[0]);
  const base = new Context(model);
  base.user(input.prompt ?? 'Write one sentence about the moon.');
  base.cue();
  await base.flush();
  const branches = Array.from({ length: n }, () => base.fork());
  const answers = await Promise.all(branches.map((branch, seed) =>
    branch.generate(Sampler.topP(1.0, 0.95, { seed }), { maxTokens: input.max_tokens ?? 32 }).collectTokens()));
  const scores = await Promise.all(answers.map((tokens) => score(base, tokens)));
  const best = scores.indexOf(Math.max(...scores));
  const texts = answers.map((tokens) => model.tokenizer().decode(tokens, { skipSpecial: true }).trim());
  return { best: texts[best], scores: scores.map((s) => Number(s.toFixed(3))), answers: texts };
}
