// Time host calls: ns each, median of the rounds after the first half.
import { Context, Model, runtime } from 'inferlet';

function cost(n, call) {
  const times = [];
  for (let round = 0; round < 20; round++) {
    const start = performance.now();
    for (let i = 0; i < n; i++) call();
    times.push(((performance.now() - start) * 1e6) / n);
  }
  return times.slice(10).sort((a, b) => a - b)[5];
}

export async function main({ n }) {
  const model = Model.load(runtime.models()[0]);
  const ctx = new Context(model);
  const tokenizer = model.tokenizer();
  const start = performance.now();
  for (let i = 0; i < n; i++) await ctx.flush();
  const flush = ((performance.now() - start) * 1e6) / n;
  return {
    'empty loop': cost(n, () => {}),
    'property (seqLen)': cost(n, () => ctx.seqLen),
    'encode 5 words': cost(n / 10, () => tokenizer.encode('the sea is very blue')),
    'tokens() of an empty context': cost(n, () => ctx.tokens()),
    'await of a flush with nothing pending': flush,
  };
}
