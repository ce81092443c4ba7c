import { Context, Model, Sampler, runtime } from 'inferlet';

export async function main(input) {
  const ctx = new Context(Model.load(runtime.models()[0]));
  ctx.append(input.prompt);
  const plan = { maxTokens: input.max_tokens, stop: [], autoFlush: false };
  return { tokens: (await ctx.generate(Sampler.argmax(), plan).collectTokens()).length };
}
