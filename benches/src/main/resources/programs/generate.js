import { Context, Model, Sampler, runtime, session } from 'inferlet';

export async function main(input) {
  const ctx = new Context(Model.load(runtime.models()[0]));
  ctx.append(input.prompt);
  const plan = { maxTokens: input.max_tokens, stop: [], autoFlush: false };
  let tokens = 0;
  for await (const step of ctx.generate(Sampler.argmax(), plan)) {
    const out = await step.execute();
    if (tokens === 0 && out.tokens.length > 0) session.send('first token');
    tokens += out.tokens.length;
  }
  return { tokens };
}
