// Hold generations to rules of one's own: a constraint, a schema, a matcher walked by hand, and several of them at once.
import {
  Context, Grammar, GrammarConstraint, Matcher, Model, Sampler, anyJson, ebnf, grammar as compiled, jsonSchema, regex, runtime,
} from 'inferlet';
import type { Brle, Constraint, GenerateOptions, Schema } from 'inferlet';

class Never implements Constraint {
  steps = 0;
  readonly runs: Brle;
  constructor(size: number, banned: Iterable<number>) {
    const runs = [0];
    let at = 0;
    for (const token of [...banned].sort((a, b) => a - b)) {
      runs.push(token - at, 1);
      at = token + 1;
    }
    this.runs = new Uint32Array([...runs, size - at]);
  }
  step(_accepted: Uint32Array): Brle {
    this.steps += 1;
    return this.runs;
  }
}

const free: Constraint = { step: () => new Uint32Array() };

class Answer implements Schema {
  readonly words: string[];
  constructor(...words: string[]) {
    this.words = words;
  }
  buildConstraint(model: Model): GrammarConstraint {
    return GrammarConstraint.fromGrammar(Grammar.fromEbnf(`root ::= ${this.words.map((w) => JSON.stringify(w)).join(' | ')}`), model);
  }
}

async function ask(model: Model, text: string, options: GenerateOptions = {}): Promise<string> {
  using ctx = new Context(model);
  ctx.user(text).cue();
  return await ctx.generate(Sampler.argmax(), { maxTokens: 24, ...options }).collectText();
}

export async function main() {
  const model = Model.load(runtime.models()[0]!);
  const tk = model.tokenizer();
  const [ids, bytes] = tk.vocabs();
  const plain = await ask(model, 'Say hello.');
  const never = new Never(ids.length, tk.encode(plain).slice(0, 1));
  const other = await ask(model, 'Say hello.', { constrain: [free, never] });
  const choice = await ask(model, 'Is fire hot?', { constrain: new Answer('yes', 'no') });
  const both = await ask(model, 'A number?', { constrain: [regex('[0-9]{1,3}'), GrammarConstraint.fromRegex('[1-4]+', model)] });
  const banned = await ask(model, 'Say hello.', { logitMask: never.runs });
  const tagged = compiled(Grammar.fromEbnf('root ::= "<" [a-z]+ ">"'));
  const chained = new Context(model).user('A tag?').generate(Sampler.argmax()).constrain(tagged).maxTokens(24).horizon(24).rebidEachStep(false);
  const tag = await chained.collectText();

  const m = new Matcher(Grammar.fromRegex('ab?c'), model.tokenizer());
  const legal = m.nextTokenLogitMask();
  m.acceptTokens(tk.encode('abc'));
  const before = m.isTerminated();
  m.reset();
  const again = m.nextTokenLogitMask();
  const anything = await new Context(model).user('Two digits?')
    .generate(Sampler.argmax(), { maxTokens: 40, constrain: [anyJson(), regex('\\[[0-9], [0-9]\\]')] })
    .collectJson<string>({ parse: (value: unknown) => (Array.isArray(value) ? 'list' : typeof value) });
  let refused = '';
  try {
    Grammar.fromJsonSchema('{');
  } catch (e) {
    refused = `${e instanceof Error ? e.message : e}`;
  }
  const number = await ask(model, 'How many legs has a dog?', { constrain: jsonSchema('{"type":"integer","minimum":1,"maximum":9}') });
  return {
    other: other !== plain && never.steps > 0 && bytes.length === ids.length,
    choice: ['yes', 'no'].includes(choice),
    both,
    banned: banned === other,
    tag: chained.isDone ? tag.slice(0, 1) + tag.slice(-1) : tag,
    legal: legal instanceof Uint32Array && legal.length > 1,
    walked: [before, again.join() === legal.join()],
    number: Number(number) >= 1 && Number(number) <= 9,
    json: anything,
    schemas: [typeof ebnf('root ::= "x"').buildConstraint, typeof regex('a').buildConstraint],
    refused: refused.length > 10,
  };
}
