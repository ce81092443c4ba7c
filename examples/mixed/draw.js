// Draw n answers at once, each on a fork of the context that another language has made.
import { Sampler } from 'inferlet';

export async function answers(ctx, n, maxTokens) {
  ctx.cue();
  await ctx.flush();
  const tokenizer = ctx.model.tokenizer();
  return await Promise.all(Array.from({ length: n }, async (_, seed) => {
    using branch = ctx.fork();
    const ids = await branch.generate(Sampler.topP(0.9, 0.95, { seed }), { maxTokens }).collectTokens();
    return { ids, text: tokenizer.decode(ids, { skipSpecial: true }).trim() };
  }));
}
