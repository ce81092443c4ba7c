// Greet by a schema, then list skills by another one; send each, and return the last.
import { Context, Model, Sampler, jsonSchema, runtime, session } from 'inferlet';

interface Person { name: string; level: number; skills: string[] }

const GREETING = { type: 'object', properties: { greeting: { type: 'string', minLength: 1, maxLength: 20 } }, required: ['greeting'] };
const SKILLS = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 2, maxLength: 10 },
    level: { type: 'integer', minimum: 1, maximum: 5 },
    skills: { type: 'array', items: { type: 'string', minLength: 1, maxLength: 10 }, minItems: 2, maxItems: 3 },
  },
  required: ['name', 'level', 'skills'],
};

export async function main(input: { max_tokens?: number }): Promise<Person> {
  const model = Model.load(runtime.models()[0]);
  const ctx = new Context(model).system('You answer in JSON.').user('Greet me.');
  const greeting = await ctx.generate(Sampler.argmax(), { maxTokens: 40, constrain: jsonSchema(JSON.stringify(GREETING)) }).collectText();
  session.send(JSON.parse(greeting).greeting);
  ctx.user('Describe a person with skills.');
  const person = await ctx.generate(Sampler.topP(0.6, 0.95), { maxTokens: input.max_tokens ?? 96 })
    .collectJson<Person>({ schema: JSON.stringify(SKILLS) });
  for (const skill of person.skills) session.send(`skill: ${skill}`);
  session.send('[done]');
  return person;
}
