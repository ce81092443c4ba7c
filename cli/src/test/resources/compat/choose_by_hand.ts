// Choose each token by hand from what a probe shows, and keep an eye on how sure the model is.
import { Context, Distribution, Entropy, Logits, Logprob, Logprobs, Model, Sampler, chat, runtime } from '@pie-project/inferlet';

const TOP = Distribution(1.0, 4);

function best(raw: Uint8Array): number {
  const values = new Float32Array(raw.buffer, raw.byteOffset, raw.byteLength / 4);
  return values.reduce((top, v, i) => (v > values[top]! ? i : top), 0);
}

export async function main(input: { question?: string }) {
  const model = Model.load(runtime.models()[0]!);
  const question = input.question ?? 'Name the capital of France.';
  const expected = await new Context(model).user(question).generate(Sampler.argmax(), { maxTokens: 6 }).collectTokens();

  const ctx = new Context(model);
  ctx.user(question);
  const g = ctx.generate(Sampler.topP(0.9, 0.9), { maxTokens: 6 });
  const sure = g.probeEachStep(0, Entropy());
  const chosen: number[] = [];
  const entropies: number[] = [];
  let agree = true;
  for await (const step of g) {
    step.clearSampler();
    const h = step.probe(0, Logits());
    const top = step.probe(0, TOP);
    const out = await step.execute();
    const token = best(out.logits(h)!);
    const [ids, probs] = out.distribution(top)!;
    agree &&= ids[0] === token && ids.length === TOP.k && probs.every((p, i) => i === 0 || p <= probs[i - 1]!);
    agree &&= out.autoSampler === undefined;
    entropies.push(out.entropy(sure)!);
    chosen.push(...g.accept(new Uint32Array([token])));
  }

  const fwd = new Context(model).append(chat.user(model, 'Hi')).forward();
  fwd.input(Uint32Array.of(chosen[0]!));
  const picked = fwd.sample([0], Sampler.multinomial(1.0, 1));
  const one = fwd.probe(0, Logprob(chosen[0]!));
  const some = fwd.probe(0, Logprobs([0, 1, 2]));
  const out = await fwd.execute();
  return {
    same: chosen.join() === Array.from(expected).join(),
    agree,
    sure: entropies.every((e) => e >= 0) && entropies.length >= chosen.length,
    handles: [picked.slot, picked.arity, one.kind, some.kind],
    counts: [out.tokensAt(picked).length, out.logprobs(one)!.length, out.logprobs(some)!.length, out.raw.slots.length],
    values: [TOP.kind === 'distribution', Logprob(7).token === 7 ? 'seven' : '', Array.from(Logprobs([5, 6]).tokens), Logits().kind === 'logits'],
    temperature: TOP.temperature,
  };
}
