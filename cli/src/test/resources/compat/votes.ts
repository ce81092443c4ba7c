// Branch a flushed prompt, let the branches run at once, vote, and score what each said by the model's own odds.
import { Context, Logprobs, Model, Sampler, runtime, session } from 'inferlet';

async function branch(root: Context, i: number, sampler: Sampler): Promise<[string, number[]]> {
  using ctx = root.fork();
  ctx.user(`Answer ${i}: a primary colour, one word.`);
  const tokens: number[] = [];
  const g = ctx.generate(sampler, { maxTokens: 6 });
  for await (const step of g) {
    const out = await step.execute();
    for (let k = 0; k < out.tokens.length; k++) tokens.push(out.tokens[k]!);
  }
  const text = ctx.model.tokenizer().decode(new Uint32Array(tokens)).trim();
  session.send({ branch: i, text });
  return [text, tokens];
}

async function odds(root: Context, tokens: number[]): Promise<number> {
  const ctx = root.fork();
  ctx.cue();
  await ctx.flush();
  const fwd = ctx.forward();
  fwd.input(new Uint32Array(tokens));
  const handles = tokens.slice(1).map((t, i) => fwd.probe(i, Logprobs([t])));
  const out = await fwd.execute();
  return handles.reduce((sum, h) => sum + out.logprobs(h)![0]!, 0);
}

export async function main() {
  const model = Model.load(runtime.models()[0]!);
  const root = new Context(model).system('You answer in one word.');
  await root.flush();
  const samplers = [
    Sampler.topP(0.8, 0.95), Sampler.topK(0.8, 20), Sampler.minP(0.8, 0.05),
    Sampler.topKTopP(0.8, 20, 0.9), Sampler.multinomial(0.8), Sampler.argmax(),
  ];
  const said = await Promise.all(samplers.map((s, i) => branch(root, i, s)));
  const settled = await Promise.allSettled(said.filter(([, t]) => t.length > 1).map(([, t]) => odds(root, t)));
  const scores = settled.map((s) => (s.status === 'fulfilled' ? s.value : NaN));
  const votes = new Map<string, number>();
  for (const [text] of said) votes.set(text, (votes.get(text) ?? 0) + 1);
  const [word, count] = [...votes].sort(([, a], [, b]) => b - a)[0]!;
  return { branches: said.length, vote: word !== '' && count >= 1, scores: scores.every((s) => s <= 0) };
}
