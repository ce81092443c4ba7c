// Search a tree of thoughts: propose, score, keep the best, in a fresh context for every thought; none is ever released.
import { Context, Logprob, Model, Sampler, runtime } from '@pie-project/inferlet';

interface Thought { text: string; score: number }
interface Input { question?: string; depth?: number; breadth?: number }

async function propose(model: Model, question: string, path: string[], n: number): Promise<Thought> {
  const ctx = new Context(model);
  ctx.system('You think in short steps.').user(`${question} So far: ${path.join(' ') || 'nothing'}. Next step?`);
  const text = await ctx.generate(Sampler.topP(0.9, 0.95, { seed: n }), { maxTokens: 8 }).collectText();
  return { text: text.trim(), score: -Infinity };
}

async function rate(model: Model, question: string, thought: Thought): Promise<Thought> {
  const ctx = new Context(model);
  ctx.user(`${question} Is this a good step: ${thought.text}? Answer yes or no.`).cue();
  const fwd = ctx.forward();
  const yes = fwd.probe('last', new Logprob(model.tokenizer().encode('yes')[0]));
  const out = await fwd.execute();
  return { ...thought, score: out.logprobs(yes)[0]! };
}

export async function main(input: Input) {
  const model = Model.load(runtime.models()[0]);
  const question = input.question ?? 'How do I boil an egg?';
  const { depth = 2, breadth = 2 } = input;
  const path: string[] = [];
  let seen = 0;
  for (let level = 0; level < depth; level++) {
    const thoughts = await Promise.all(Array.from({ length: breadth }, (_, i) => propose(model, question, path, level * breadth + i)));
    const rated = await Promise.all(thoughts.map((thought) => rate(model, question, thought)));
    seen += rated.length;
    const best = rated.reduce((a, b) => (b.score > a.score ? b : a));
    if (best.score > -Infinity) path.push(best.text);
    console.log(`level ${String(level).padStart(2, '0')}: ${best.score.toFixed(2)}`);
  }
  return { path, seen };
}
