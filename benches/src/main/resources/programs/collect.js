import { Context, Model, Sampler, runtime } from 'inferlet';

export async function main(input) {
  const ctx = new Context(Model.load(runtime.models()[0]));
  ctx.append(input.prompt);
  const plan = ctx.generate(Sampler.argmax(), { maxTokens: input.max_tokens, stop: [], autoFlush: false });
  await plan.collectText();
  return { tokens: plan.tokensGenerated };
}
