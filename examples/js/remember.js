// Persistent conversation: each launch is one turn. The context is saved at the end and goes on in a later process.
// It survives the end of the engine, so a conversation may wait for days at no cost; its old turns are not computed again.
import { Context, Model, NotFoundError, Sampler, contexts, runtime } from 'inferlet';

const DAY = 24 * 3600 * 1000;

function open(model, name) {
  try {
    return Context.open(model, name);
  } catch (e) {
    if (!(e instanceof NotFoundError)) throw e;
    return new Context(model);
  }
}

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const name = `talks/${input.name ?? 'anna'}`;
  const talks = () => contexts.list(model, 'talks/').map((talk) => talk.name);
  if (input.forget) {
    Context.delete(model, name);
    return { talks: talks() };
  }
  const ctx = open(model, name);
  const known = ctx.tokens().length;
  if (!known) ctx.system('You are a patient teacher. Answer in one sentence.');
  ctx.user(input.text ?? 'What is a star?');
  const answer = await ctx.generate(Sampler.argmax(), { maxTokens: input.max_tokens ?? 24 }).collectText();
  ctx.save(name, { overwrite: true, ttl: (input.days ?? 7) * DAY });
  const talk = contexts.info(model, name);
  return {
    answer: answer.trim(),
    known_before: known,
    tokens: talk.tokens,
    computed: runtime.stats().tokensIn,
    kept_days: Number(((talk.expires - talk.created) / DAY).toFixed(3)),
    talks: talks(),
  };
}
