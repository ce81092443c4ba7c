// Ask the model one question and return its answer. Types are stripped, not checked; nothing is built.
import { Context, Model, Sampler, runtime } from 'inferlet';

interface Input {
  prompt?: string;
  max_tokens?: number;
}

export async function main(input: Input): Promise<string> {
  const model: Model = Model.load(runtime.models()[0]);
  const ctx = new Context(model);
  ctx.system('You are a helpful assistant. Answer in one short sentence.');
  ctx.user(input.prompt ?? 'What is the capital of France?');
  const answer: string = await ctx.generate(Sampler.argmax(), { maxTokens: input.max_tokens ?? 48 }).collectText();
  return answer.trim();
}
