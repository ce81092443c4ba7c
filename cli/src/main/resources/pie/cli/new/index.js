// Ask the model one question and return its answer.
import { Context, Model, Sampler, runtime } from 'inferlet';

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const ctx = new Context(model);
  ctx.system('You are a helpful assistant. Answer in one short sentence.');
  ctx.user(input.prompt ?? 'What is the capital of France?');
  const answer = await ctx.generate(Sampler.argmax(), { maxTokens: input.max_tokens ?? 48 }).collectText();
  return answer.trim();
}
