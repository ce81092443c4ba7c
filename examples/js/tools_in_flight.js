// Tools in flight: the model writes on while an HTTP call runs; its answer is framed into the text when it is there.
// The frame's brackets are banned for the model, so only the program can write one. A checkpoint lets it take back what
// depended on the call.
import { Context, Mask, Model, Sampler, http, runtime } from 'inferlet';

// All ids whose bytes contain one of the letters.
function banned(model, letters) {
  const codes = [...letters].map((letter) => letter.charCodeAt(0));
  const [ids, texts] = model.tokenizer().vocabs();
  return Mask.ids([...ids].filter((_, i) => codes.some((code) => texts[i].includes(code))));
}

async function write(generation) {
  const tokens = [];
  for await (const step of generation) tokens.push(...(await step.execute()).tokens);
  return tokens;
}

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const tokenizer = model.tokenizer();
  const logitMask = banned(model, '[]').not(model.info().vocabSize);
  const options = { maxTokens: input.max_tokens ?? 12, stop: [], autoFlush: false, logitMask };
  const ctx = new Context(model).user('Describe a walk in the town, whatever the weather.').cue();
  await ctx.flush();
  const checkpoint = ctx.snapshot({ ttl: 600_000 });

  const call = http.get(input.url);
  const tokens = await write(ctx.generate(Sampler.argmax(), options)); // decoded while the call is on its way
  const frame = tokenizer.encode(` [weather: ${new TextDecoder().decode(await call)}]`);
  ctx.append(frame);
  const generation = ctx.generate(Sampler.argmax(), options);
  const opening = generation.accept(tokenizer.encode(' So')); // words put into the model's mouth
  const after = [...opening, ...await write(generation)];

  const again = Context.open(model, checkpoint); // as if nothing had been written
  const repeated = await write(again.generate(Sampler.argmax(), options));
  Context.delete(model, checkpoint);
  const text = tokenizer.decode([...tokens, ...frame, ...after], { skipSpecial: true });
  return { text, before: tokens.length, after: after.length, checkpoint_holds: String(repeated) === String(tokens) };
}
