// Retry with lessons: check each answer in the program, go back to the checkpoint, say what was wrong, and draw more freely.
// The checkpoint is a fork, so a retry computes the lesson and the new answer only, and no answer leaves before it has passed.
import { Context, Model, Sampler, runtime } from 'inferlet';

const TASK = 'Write one short sentence about a cat.';
const LADDER = [0.0, 0.6, 0.8, 1.0, 1.2, 1.4];

function problems(text, word, most) {
  const found = [];
  if (!text.toLowerCase().includes(word)) found.push(`use the word ${word}`);
  if (text.split(/\s+/).length > most) found.push(`use at most ${most} words`);
  return found;
}

export async function main(input) {
  const word = input.word ?? 'sleep';
  const most = input.most_words ?? 14;
  const checkpoint = new Context(Model.load(runtime.models()[0])).user(input.task ?? TASK);
  await checkpoint.flush();
  const attempts = [];
  let lessons = [];
  let answer = null;
  for (const [seed, temperature] of LADDER.entries()) {
    using ctx = checkpoint.fork();
    if (lessons.length) ctx.user(`Remember to ${lessons.join(' and ')}.`);
    const sampler = Sampler.topP(temperature, 0.95, { seed });
    const text = (await ctx.generate(sampler, { maxTokens: input.max_tokens ?? 24 }).collectText()).trim();
    const wrong = problems(text, word, most);
    attempts.push({ temperature, text, wrong });
    if (!wrong.length) {
      answer = text;
      break;
    }
    lessons = [...new Set([...lessons, ...wrong])].sort();
  }
  return { answer, attempts, lessons, tokens_in: runtime.stats().tokensIn };
}
