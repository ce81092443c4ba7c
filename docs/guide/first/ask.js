import { Context, Model, Sampler, runtime } from 'inferlet';

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const ctx = new Context(model);
  ctx.system('Answer in one short sentence.');
  ctx.user(input.question);
  for await (const step of ctx.generate(Sampler.argmax(), { maxTokens: 40 })) {
    const out = await step.execute();
    process.stdout.write(out.text);
  }
  return runtime.stats().tokensOut;
}
