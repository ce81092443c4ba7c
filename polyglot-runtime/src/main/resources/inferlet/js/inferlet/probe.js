import { H, ids, given, ops } from './base.js';

const masked = (options) => given(options).masked ?? false;
export class Probe {}
// Made with `new` or without it: in Pie 0.4 these are functions.
const probe = (cls) => new Proxy(cls, { apply: (_, self, given) => new cls(...given) });
export const Logits = probe(class Logits extends Probe {
  kind = 'logits';
  constructor(options) { super(); this[H] = ops.probe('logits', masked(options)); }
});
export const Distribution = probe(class Distribution extends Probe {
  kind = 'distribution';
  constructor(temperature = 1, k = 0, options) {
    super();
    this[H] = ops.probe('distribution', masked(options), temperature, k);
    Object.assign(this, { temperature, k });
  }
});
export const Logprob = probe(class Logprob extends Probe {
  kind = 'logprob';
  constructor(token, options) { super(); this[H] = ops.probe('logprob', masked(options), token); this.token = token; }
});
export const Logprobs = probe(class Logprobs extends Probe {
  kind = 'logprobs';
  constructor(tokens, options) {
    super();
    const list = ids(tokens);
    this[H] = ops.probe('logprobs', masked(options), list);
    this.tokens = Uint32Array.from(list);
  }
});
export const Entropy = probe(class Entropy extends Probe {
  kind = 'entropy';
  constructor(options) { super(); this[H] = ops.probe('entropy', masked(options)); }
});
