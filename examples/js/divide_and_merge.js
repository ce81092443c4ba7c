// Divide and merge: split a question under a grammar, answer its parts at once on forks, and merge the answers as they arrive.
// A part may be split again (`depth`), which makes it a tree of thought; each answer becomes a turn of the conversation above it.
import { Context, Model, Sampler, regex, runtime } from 'inferlet';

const PARTS = regex(/1\. [A-Z][a-z ]{8,40}\?\n2\. [A-Z][a-z ]{8,40}\?/);
const SYSTEM = 'You answer in one short sentence.';

async function divide(base, question) {
  using ctx = base.fork();
  ctx.user(`Split this into two simpler questions: ${question}`);
  const text = await ctx.generate(Sampler.argmax(), { constrain: PARTS, maxTokens: 40 }).collectText();
  return text.split('\n').map((line) => line.slice(3));
}

async function solve(base, question, depth, maxTokens, seen) {
  using merged = base.fork();
  if (depth > 0) {
    const parts = await divide(base, question);
    seen.push({ question, parts });
    await Promise.all(parts.map(async (part) => {
      const answer = await solve(base, part, depth - 1, maxTokens, seen);
      merged.user(part).assistant(answer);
      await merged.flush(); // what has arrived is computed while the other branch is still at work
    }));
  }
  merged.user(question);
  return (await merged.generate(Sampler.argmax(), { maxTokens }).collectText()).trim();
}

export async function main(input) {
  const base = new Context(Model.load(runtime.models()[0])).system(SYSTEM);
  await base.flush();
  const seen = [];
  const question = input.question ?? 'How do ships find their way at sea, and why does it matter?';
  const answer = await solve(base, question, input.depth ?? 1, input.max_tokens ?? 24, seen);
  const stats = runtime.stats();
  return { answer, splits: seen, tokens_in: stats.tokensIn, reused: stats.tokensReused };
}
