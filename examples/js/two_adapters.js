// Two adapters and the model as it is, side by side in the same steps, with a drafter of the program's own. Give "adapters": {"name":
// "/data/folder"} to load LoRA adapters in PEFT's form; without that, two small random ones are made. Each text is the same with and without
// the drafter, and pages are found again by their own adapter only.
import { Adapter, Context, Model, Sampler, runtime, zo } from 'inferlet';

const TEXT = 'Copy this line: the quick brown fox jumps over the lazy dog.\nCopy: the quick brown fox jumps over the lazy dog.\nCopy: the quick';

// Guess that a text goes on as it went on after its last two tokens before.
class PromptLookup {
  constructor(tokens) { this.tokens = [...tokens]; }
  draft() {
    const [a, b] = this.tokens.slice(-2);
    for (let at = this.tokens.length - 3; at >= 0; at--) {
      if (this.tokens[at] === a && this.tokens[at + 1] === b) {
        const found = this.tokens.slice(at + 2, at + 6);
        return [found, found.map(() => 0)];
      }
    }
    return [[], []];
  }
  accept(tokens) { this.tokens.push(...tokens); }
}

// A random adapter: one step of the search that zo offers, from one that adds nothing.
function make(model, name, seed) {
  const adapter = Adapter.create(model, name);
  zo.initialize(adapter, 4, 8, 1, 1, 0.06);
  zo.update(adapter, [1], [seed], 0.06);
  return adapter;
}

function load(model, name, path) {
  const adapter = Adapter.open(model, name) ?? Adapter.create(model, name);
  adapter.load(path);
  return adapter;
}

// How many of the prompt's tokens other contexts had computed.
async function reused(model, prompt, adapter) {
  const before = runtime.stats().tokensReused;
  using ctx = new Context(model);
  const forward = ctx.append(prompt).forward().adapter(adapter);
  forward.sample('last', Sampler.argmax());
  await forward.execute();
  return runtime.stats().tokensReused - before;
}

const write = (model, prompt, adapter, maxTokens, speculator) => new Context(model).append(prompt)
  .generate(Sampler.argmax(), { maxTokens, stop: [], autoFlush: false, adapter, speculator, systemSpeculation: false }).collectTokens();

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const tk = model.tokenizer();
  const prompt = tk.encode(input.text ?? TEXT), n = input.max_tokens ?? 16;
  const fresh = [...tk.encode(runtime.instanceId()), ...prompt]; // that nobody can have computed before
  const adapters = input.adapters
    ? Object.entries(input.adapters).map(([name, path]) => load(model, name, path))
    : [make(model, 'first', 1), make(model, 'second', 2)];
  const all = [undefined, ...adapters];
  try {
    const between = [], again = [];
    for (const adapter of all) between.push(await reused(model, fresh, adapter));
    for (const adapter of all) again.push(await reused(model, fresh, adapter));
    const plain = await Promise.all(all.map((adapter) => write(model, prompt, adapter, n)));
    const drafted = await Promise.all(all.map((adapter) => write(model, prompt, adapter, n, new PromptLookup(prompt))));
    return {
      texts: plain.map((tokens) => tk.decode(tokens)),
      same_with_drafter: String(plain.map(String)) === String(drafted.map(String)),
      reused_between: between.reduce((a, b) => a + b),
      reused_by_its_own: Math.min(...again),
    };
  } finally {
    adapters.forEach((adapter) => adapter.destroy());
  }
}
