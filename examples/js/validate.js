// Output validation: how likely does the model find each of several given answers? Nothing is generated.
// The question is computed once; each candidate is scored in one pass over a fork, by the log probability of each of its tokens.
import { Context, Logprob, Model, runtime } from 'inferlet';

// Mean log probability of the tokens of an answer.
async function score(asked, tokens) {
  using ctx = asked.fork();
  // after flush, a pass without rows of its own tells the logits at the end of the context
  const first = ctx.forward();
  const head = first.probe('last', new Logprob(tokens[0]));
  let total = (await first.execute()).logprobs(head)[0];
  if (tokens.length > 1) {
    const rest = ctx.forward().input(tokens.subarray(0, -1));
    const handles = Array.from(tokens.subarray(1), (token, i) => rest.probe(i, new Logprob(token)));
    const out = await rest.execute();
    for (const handle of handles) total += out.logprobs(handle)[0];
  }
  return total / tokens.length;
}

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const asked = new Context(model).appendText(input.question ?? 'The capital of France is');
  await asked.flush();
  const candidates = input.candidates ?? [' Paris', ' London', ' a banana'];
  const scores = await Promise.all(candidates.map((text) => score(asked, model.tokenizer().encode(text))));
  const best = scores.indexOf(Math.max(...scores));
  return {
    best: candidates[best].trim(),
    scores: Object.fromEntries(candidates.map((text, i) => [text.trim(), Number(scores[i].toFixed(3))])),
    sure: Math.exp(scores[best]) > 0.05,
  };
}
