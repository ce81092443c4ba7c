// Measuring harness: jobs arrive as messages, each makes exactly n tokens, and what it cost goes back to the client.
// Send `{"prompt": "…", "n": 16}` with `pie send ID TEXT`, as many as you like, and an empty message to end.
import { Context, Model, Sampler, runtime, session } from 'inferlet';

async function measure(model, prompt, n) {
  const before = runtime.stats();
  const started = performance.now();
  using ctx = new Context(model).appendText(prompt);
  const tokens = await ctx.generate(Sampler.argmax(), { maxTokens: n, stop: [], autoFlush: false }).collectTokens();
  const seconds = (performance.now() - started) / 1e3;
  const after = runtime.stats();
  return {
    tokens: tokens.length,
    tokens_in: after.tokensIn - before.tokensIn,
    reused: after.tokensReused - before.tokensReused,
    passes: after.forwardPasses - before.forwardPasses,
    seconds,
    driver_seconds: after.timeDriver - before.timeDriver,
    per_token_ms: 1e3 * seconds / Math.max(1, tokens.length),
  };
}

export async function main() {
  const model = Model.load(runtime.models()[0]);
  let jobs = 0;
  for (let message = await session.receive(); message; message = await session.receive()) {
    const { prompt = 'Once upon a time', n = 16 } = JSON.parse(message);
    session.send(await measure(model, prompt, n));
    jobs += 1;
  }
  const stats = runtime.stats();
  return { jobs, tokens_out: stats.tokensOut, wall_seconds: stats.wallTime, pages_peak: stats.pagesPeak };
}
