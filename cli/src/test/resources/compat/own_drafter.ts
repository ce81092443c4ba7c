// Draft from an n-gram table of one's own; what comes out is what comes without it.
import { Context, Model, Sampler, runtime, type GenerateOptions, type Speculator } from 'inferlet';

const PROMPT = 'Repeat exactly: one two three one two three one two three';

class Lookup implements Speculator {
  #tokens: number[];
  drafted = 0;
  accepted = 0;
  undone = 0;
  constructor(seen: Iterable<number>) {
    this.#tokens = [...seen];
  }
  draft(): [Uint32Array, Uint32Array] {
    const i = this.#tokens.lastIndexOf(this.#tokens.at(-1)!, this.#tokens.length - 2);
    const run = i < 0 ? [] : this.#tokens.slice(i + 1, i + 4);
    this.drafted += run.length;
    return [new Uint32Array(run), new Uint32Array(run.map((_, k) => this.#tokens.length + k))];
  }
  accept(tokens: Uint32Array): void {
    this.#tokens.push(...tokens);
    this.accepted += tokens.length;
  }
  rollback(n: number): void {
    this.undone += n;
  }
  reset(): void {}
}

async function run(model: Model, options: GenerateOptions): Promise<string> {
  using ctx = new Context(model);
  ctx.user(PROMPT);
  const tokens = await ctx.generate(Sampler.argmax(), { maxTokens: 24, ...options }).collectTokens();
  return Array.from(tokens).join();
}

export async function main() {
  const model = Model.load(runtime.models()[0]!);
  const plain = await run(model, { systemSpeculation: false });
  const lookup = new Lookup(model.tokenizer().encode(PROMPT));
  const drafted = await run(model, { speculator: lookup });
  const off = await new Context(model).user(PROMPT).generate(Sampler.argmax(), { maxTokens: 24 }).disableSystemSpeculation().collectTokens();
  const silent: Speculator = { draft: () => [new Uint32Array(), new Uint32Array()], accept() {}, rollback() {}, reset() {} };
  let both = 'taken';
  try {
    new Context(model).user('x').generate(Sampler.argmax(), { speculator: lookup, systemSpeculation: true });
  } catch (e) {
    both = (e as Error).message;
  }
  return {
    same: drafted === plain && Array.from(off).join() === plain && (await run(model, { systemSpeculation: true })) === plain,
    silent: (await run(model, { speculator: silent })) === plain,
    drafted: lookup.drafted > 0 && lookup.accepted === plain.split(',').length,
    default: typeof model.defaultSystemSpeculation() === 'boolean',
    both: /speculator/.test(both) && /systemSpeculation|system_speculation/.test(both),
  };
}
