// Constrained decoding: a record by JSON Schema, a date by regex, a choice by EBNF, and a letter filled in from all three.
// What the model may not say is masked before it draws, so that nothing has to be asked twice: `attempts_without` counts how
// often an unconstrained model has to be asked until its answer parses.
import { Context, Model, Sampler, ebnf, regex, runtime } from 'inferlet';

const PERSON = {
  type: 'object',
  required: ['name', 'age'],
  properties: { name: { type: 'string', minLength: 2, maxLength: 12 }, age: { type: 'integer', minimum: 18, maximum: 99 } },
};
const MOOD = 'root ::= ("glad" | "sorry" | "eager") ("!" | ".")';

async function unconstrained(ask, tries) {
  for (let attempt = 1; attempt <= tries; attempt++) {
    using ctx = ask.fork();
    const text = await ctx.generate(Sampler.topP(0.8, 0.95, { seed: attempt }), { maxTokens: 24 }).collectText();
    try {
      const value = JSON.parse(text);
      if (value !== null && typeof value === 'object' && !Array.isArray(value)) return attempt;
    } catch { /* ask again */ }
  }
  return null;
}

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const greedy = Sampler.argmax();
  const ask = new Context(model).user('Invent a person. Answer with JSON that has the keys name and age.').cue();
  await ask.flush();
  const person = await ask.fork().generate(greedy, { maxTokens: 40 }).collectJson({ schema: PERSON });
  const day = new Context(model).user('Name a date in the form year-month-day.');
  const date = await day.generate(greedy, { constrain: regex(/20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9])/), maxTokens: 16 }).collectText();
  const say = new Context(model).user('How do you feel about meeting someone new? One word.');
  const mood = await say.generate(greedy, { constrain: ebnf(MOOD), maxTokens: 8 }).collectText();
  return {
    person,
    letter: `Dear ${person.name} (${person.age}), we are ${mood.replace(/[!.]$/, '')} to meet you on ${date}`,
    attempts_without: await unconstrained(ask, input.tries ?? 3),
  };
}
