// Run two generations under Promise.all and see whether their steps interleave.
import { Context, Model, Sampler, runtime, session } from '@pie-project/inferlet';

type Order = [string, number][];

async function write(name: string, model: Model, prompt: string, n: number, order: Order): Promise<number> {
  const ctx = new Context(model);
  ctx.user(prompt);
  console.log(`${name} START`);
  let count = 0;
  for await (const step of ctx.generate(Sampler.topP(0.8, 0.95), { maxTokens: n, stop: [] })) {
    const out = await step.execute();
    count += out.tokens.length;
    order.push([name, count]);
  }
  console.log(`${name} END`);
  return count;
}

export async function main(input: { max_tokens?: number }) {
  const model = Model.load(runtime.models()[0]);
  const n = input.max_tokens ?? 10;
  const order: Order = [];
  const counts = await Promise.all([
    write('A', model, 'Write about cats.', n, order),
    write('B', model, 'Write about dogs.', n, order),
  ]);
  const names = order.map(([name]) => name).join('');
  const verdict = names.indexOf('B') < names.lastIndexOf('A') && names.indexOf('A') < names.lastIndexOf('B') ? 'CONCURRENT' : 'SEQUENTIAL';
  session.send(verdict);
  return { verdict, counts };
}
