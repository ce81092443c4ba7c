// Own drafter: guess that a text goes on as it went on before (prompt look-up), and have several guesses checked in one pass.
// A Speculator is any object with draft() and accept(). The text is the same as without it; rewriting or quoting takes fewer passes.
import { Context, Model, Sampler, runtime } from 'inferlet';

const TEXT = 'Copy this line: the quick brown fox jumps over the lazy dog.\nCopy: the quick brown fox';

class PromptLookup {
  hits = 0;
  misses = 0;
  constructor(tokens, size = 2, most = 6) { Object.assign(this, { tokens: [...tokens], size, most }); }
  draft() {
    const end = this.tokens.slice(-this.size);
    for (let at = this.tokens.length - this.size - 1; at >= 0; at--) {
      if (end.every((token, i) => this.tokens[at + i] === token)) {
        const found = this.tokens.slice(at + this.size, at + this.size + this.most);
        return [found, found.map(() => 0)];
      }
    }
    return [[], []];
  }
  accept(tokens) {
    this.tokens.push(...tokens);
    this.hits += tokens.length - 1;
  }
  rollback(n) { this.misses += n; }
}

async function run(model, prompt, maxTokens, speculator) {
  const before = runtime.stats().forwardPasses;
  const generation = new Context(model).append(prompt)
    .generate(Sampler.argmax(), { maxTokens, stop: [], autoFlush: false, speculator, systemSpeculation: false });
  return [[...await generation.collectTokens()], runtime.stats().forwardPasses - before];
}

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const prompt = model.tokenizer().encode(input.text ?? TEXT);
  const n = input.max_tokens ?? 24;
  const [plain, passes] = await run(model, prompt, n);
  const drafter = new PromptLookup(prompt);
  const [drafted, fewer] = await run(model, prompt, n, drafter);
  return {
    text: model.tokenizer().decode(plain),
    same: plain.every((token, i) => token === drafted[i]) && plain.length === drafted.length,
    passes,
    passes_with_drafter: fewer,
    guessed_right: drafter.hits,
    guessed_wrong: drafter.misses,
  };
}
