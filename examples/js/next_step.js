// Next-step control: take a generation token by token, leave it in the middle, write something of your own, and go on.
// However far the engine runs ahead of the program, and whether or not the program looks at every step, the text is the same.
import { Context, Model, Sampler, runtime } from 'inferlet';

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const n = input.max_tokens ?? 12;
  const prompt = new Context(model).appendText(input.text ?? 'Once upon a time there was');
  await prompt.flush();
  const sampler = Sampler.topP(0.8, 0.95, { seed: 3 });
  const generate = (more = {}) => prompt.fork().generate(sampler, { maxTokens: n, stop: [], autoFlush: false, ...more });

  const collected = [...await generate().collectTokens()];
  const stepped = {};
  for (const runAhead of [0, 1, 8]) {
    const tokens = [];
    for await (const step of generate({ runAhead })) tokens.push(...(await step.execute()).tokens);
    stepped[runAhead] = String(tokens) === String(collected);
  }

  const single = generate();
  const tokens = [];
  for (let token = await single.nextToken(); token !== undefined; token = await single.nextToken()) tokens.push(token);

  const left = generate();
  const seen = [];
  for await (const step of left) {
    seen.push(...(await step.execute()).tokens);
    if (seen.length === Math.floor(n / 2)) break; // what the engine had in front is rolled back
  }
  const ctx = left.context;
  const length = ctx.tokens().length;
  ctx.appendText(' But then');
  const rest = await ctx.generate(sampler, { maxTokens: Math.floor(n / 2), stop: [], autoFlush: false }).collectText();
  return {
    text: model.tokenizer().decode(collected),
    same: stepped,
    single_tokens_same: String(tokens) === String(collected),
    left_after: String(seen) === String(collected.slice(0, seen.length)) && length === prompt.seqLen + seen.length,
    gone_on: rest,
  };
}
