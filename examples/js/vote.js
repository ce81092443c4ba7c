// Vote: answer n times at once from one prefilled prompt, and take what most of the answers say (self-consistency).
// The prompt is computed once; the n branches share its pages and are decoded together, in one batch.
import { Context, Model, Sampler, regex, runtime } from 'inferlet';

const QUESTION = 'Tom has 3 apples and buys 4 more. How many apples does he have? Answer with a number.';

async function answer(branch, seed) {
  const sampler = Sampler.topP(0.9, 0.95, { seed });
  const text = await branch.generate(sampler, { constrain: regex('[0-9]{1,2}\\.'), maxTokens: 6 }).collectText();
  return Number(text.match(/\d+/)[0]);
}

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const base = new Context(model).user(input.question ?? QUESTION).cue();
  await base.flush();
  const branches = Array.from({ length: input.n ?? 5 }, () => base.fork());
  const answers = await Promise.all(branches.map(answer));
  const count = (wanted) => answers.filter((one) => one === wanted).length;
  const winner = [...new Set(answers)].sort((a, b) => count(b) - count(a) || a - b)[0];
  return { answer: winner, votes: count(winner), answers };
}
