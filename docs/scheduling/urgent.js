// A program that cannot: it bids for itself, and reads the price that it pays.
import { Context, Model, Sampler, runtime, scheduling } from 'inferlet';

export async function main() {
  const ctx = new Context(Model.load(runtime.models()[0]));
  ctx.append(Array.from({ length: 250 }, (_, i) => 5000 + i));
  ctx.setBid(0.1, { hold: true });
  let lowest = Infinity;
  let count = 0;
  for await (const step of ctx.generate(Sampler.argmax(), { maxTokens: 350, stop: [] })) {
    count += (await step.execute()).tokens.length;
    lowest = Math.min(lowest, scheduling.rent(ctx) || lowest);
  }
  return `urgent: ${count} tokens, lowest price ${lowest}`;
}
