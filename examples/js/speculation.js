// System speculation: the engine guesses tokens from what was written before and checks several in one pass.
// The text is the same with and without; a text that repeats itself takes far fewer passes.
import { Context, Model, Sampler, runtime } from 'inferlet';

const LIST = 'red green blue yellow red green blue yellow red green blue yellow red green blue yellow red green';

async function run(model, prompt, maxTokens, systemSpeculation) {
  const before = runtime.stats();
  const ctx = new Context(model).appendText(prompt);
  const text = await ctx.generate(Sampler.argmax(), { maxTokens, autoFlush: false, systemSpeculation }).collectText();
  const after = runtime.stats();
  return {
    text,
    passes: after.forwardPasses - before.forwardPasses,
    drafted: after.tokensDrafted - before.tokensDrafted,
    accepted: after.tokensAccepted - before.tokensAccepted,
  };
}

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const prompt = input.prompt ?? LIST;
  const n = input.max_tokens ?? 32;
  const plain = await run(model, prompt, n, false);
  const drafted = await run(model, prompt, n, true);
  return { same: plain.text === drafted.text, plain, drafted };
}
