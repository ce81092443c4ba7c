// Prefix tree: one system prompt, two topics, two audiences each, two questions each: eight answers, every prefix computed once.
import { Context, Model, Sampler, runtime } from 'inferlet';

const SYSTEM = 'You are a patient teacher who answers every question in one short sentence that a listener can remember.';
const TOPICS = ['the sea', 'the moon'];
const AUDIENCES = ['a child', 'an engineer'];
const QUESTIONS = ['What is it?', 'Why does it matter?'];

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const maxTokens = input.max_tokens ?? 12;
  const root = new Context(model).system(SYSTEM);
  await root.flush();
  const leaves = [];
  for (const topic of TOPICS) {
    const about = root.fork().appendText(`Topic: ${topic}.\n`);
    await about.flush();
    for (const audience of AUDIENCES) {
      const told = about.fork().appendText(`Explain it to ${audience}.\n`);
      await told.flush();
      for (const question of QUESTIONS) {
        leaves.push({ name: `${topic}, ${audience}: ${question}`, ctx: told.fork().user(question) });
      }
    }
  }
  const texts = await Promise.all(leaves.map(({ ctx }) => ctx.generate(Sampler.argmax(), { maxTokens }).collectText()));
  const stats = runtime.stats();
  return {
    answers: Object.fromEntries(leaves.map(({ name }, i) => [name, texts[i]])),
    leaves: leaves.length,
    tokens_in: stats.tokensIn,
    tokens_if_each_were_computed_alone: leaves.reduce((sum, { ctx }) => sum + ctx.seqLen, 0),
    pages_peak: stats.pagesPeak,
  };
}
