// Evolution strategy: find an adapter under which the model says a given answer rather, by scores alone and without a gradient. Each
// generation perturbs the adapter by seeds, scores what every seed makes of the model, all at once, and goes to where the best ones lie.
// With "save" the adapter is written there, a folder in /data, as PEFT reads it.
import { Adapter, Context, Logprob, Model, runtime, zo } from 'inferlet';

const PROMPT = 'The best colour of all is', ANSWER = ' certainly a deep green';

// Log probability of the answer after the prompt.
async function score(model, prompt, answer, adapter, seed) {
  using ctx = new Context(model, { prefixCache: false });
  const forward = ctx.forward().input([...prompt, ...answer]).adapter(adapter);
  if (seed !== undefined) zo.adapterSeed(forward, seed);
  const probes = Array.from(answer, (token, i) => forward.probe(prompt.length + i - 1, new Logprob(token)));
  const out = await forward.execute();
  return probes.reduce((sum, probe) => sum + out.logprobs(probe)[0], 0);
}

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const tk = model.tokenizer();
  const prompt = tk.encode(input.prompt ?? PROMPT), answer = tk.encode(input.answer ?? ANSWER);
  const population = input.population ?? 8, sigma = input.sigma ?? 0.01;
  using adapter = Adapter.create(model, input.name ?? 'evolved');
  zo.initialize(adapter, 2, 4, population, 0.5, sigma);
  const history = [await score(model, prompt, answer, adapter)];
  for (let generation = 0; generation < (input.generations ?? 3); generation++) {
    const seeds = Array.from({ length: population }, (_, i) => generation * population + i);
    const scores = await Promise.all(seeds.map((seed) => score(model, prompt, answer, adapter, seed)));
    zo.update(adapter, scores, seeds, sigma);
    history.push(await score(model, prompt, answer, adapter));
  }
  if (input.save !== undefined) adapter.save(input.save);
  return { history: history.map((each) => Number(each.toFixed(4))), gained: history.at(-1) - history[0] };
}
