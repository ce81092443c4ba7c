// A program that can wait: its contexts bid what the launch says.
import { Context, Model, Sampler, runtime } from 'inferlet';

export async function main() {
  const ctx = new Context(Model.load(runtime.models()[0]));
  ctx.append(Array.from({ length: 200 }, (_, i) => 1000 + i));
  const tokens = await ctx.generate(Sampler.argmax(), { maxTokens: 300, stop: [] }).collectTokens();
  return `patient: ${tokens.length} tokens`;
}
