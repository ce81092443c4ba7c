// Raw pages: reserve, fill, commit, truncate and release the pages of a context by hand, and watch its counters.
// Give them up for a while, and go on as if nothing had happened.
import { Context, InvalidArgumentError, Model, Sampler, runtime } from 'inferlet';

const counters = (ctx) => [ctx.committedPageCount, ctx.workingPageCount, ctx.workingPageTokenCount, ctx.seqLen];

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const ctx = new Context(model, { prefixCache: false });
  const size = ctx.pageSize;
  const steps = {};
  ctx.reserveWorkingPages(3);
  steps['reserved'] = counters(ctx);
  try {
    ctx.commitWorkingPages(1);
  } catch (e) {
    if (!(e instanceof InvalidArgumentError)) throw e;
    steps['empty pages are not committed'] = counters(ctx);
  }
  await ctx.forward().input(Array.from({ length: 2 * size + 5 }, (_, i) => 1000 + i)).deferCommit().execute();
  steps['filled'] = counters(ctx);
  ctx.commitWorkingPages(1);
  steps['committed one'] = counters(ctx);
  ctx.truncateWorkingPageTokens(7);
  steps['truncated 7'] = counters(ctx);
  ctx.releaseWorkingPages(1);
  steps['released one'] = counters(ctx);

  const twin = ctx.fork();
  ctx.suspend(); // its pages go back; the tokens stay
  const options = { maxTokens: input.max_tokens ?? 8, stop: [], autoFlush: false };
  const after = [...await ctx.generate(Sampler.argmax(), options).collectTokens()];
  const beside = [...await twin.generate(Sampler.argmax(), options).collectTokens()];
  return { page_size: size, steps, goes_on: String(after) === String(beside), tokens: after };
}
