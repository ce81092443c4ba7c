import { Context, Model, Sampler, jsonSchema, runtime } from 'inferlet';

interface Verdict {
  positive: boolean;
  subject: 'film' | 'book' | 'food';
}

const VERDICT = {
  type: 'object',
  properties: { positive: { type: 'boolean' }, subject: { enum: ['film', 'book', 'food'] } },
  required: ['positive', 'subject'],
};

async function judge(prefix: Context, review: string): Promise<Verdict> {
  using ctx = prefix.fork();
  ctx.user(review);
  return await ctx.generate(Sampler.argmax(), { maxTokens: 60, constrain: jsonSchema(VERDICT, { compact: true }) }).collectJson<Verdict>();
}

export async function main(input: { reviews: string[] }) {
  const prefix = new Context(Model.load(runtime.models()[0]));
  prefix.system('Say whether the review is positive, and whether it is of a film, a book or food.');
  await prefix.flush();
  return await Promise.all(input.reviews.map((review) => judge(prefix, review)));
}
