// A conversation in one context: every turn computes its new tokens only, and the pages stay until the context is closed.
import { Context, Model, Sampler, runtime, session, timers } from 'inferlet';

const TURNS = ['Tell me about the sea.', 'And about the wind?', 'Which is older?', 'Say it in other words.'];

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const turns = input.turns ?? 8;
  let ctx = new Context(model);
  for (let n = 0; n < turns; n++) {
    if (n > 0 && n % 6 === 0) {
      ctx.close();
      ctx = new Context(model);
    }
    ctx.user(`${TURNS[n % TURNS.length]} (${input.seed ?? 1}.${n})`);
    const options = { maxTokens: input.tokens ?? 60, stop: [] };
    session.send(await ctx.generate(Sampler.topP(0.8, 0.95, { seed: n }), options).collectText());
    await timers.sleep(input.pause ?? 0.2); // the reader reads
  }
  return `${turns} turns`;
}
