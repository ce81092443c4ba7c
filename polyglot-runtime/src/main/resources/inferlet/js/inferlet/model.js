import { H, ids, given, later, ops } from './base.js';

export class Tokenizer {
  #vocabs;
  constructor(h) { this[H] = h; }
  encode(text, options) { return ops.tk_encode(this[H], text, given(options).parseSpecial ?? true); }
  decode(values, options) { return ops.tk_decode(this[H], ids(values), given(options).skipSpecial ?? false); }
  tokenBytes(id) { return ops.tk_token_bytes(this[H], id); }
  vocabs() { return (this.#vocabs ??= ops.tk_vocabs(this[H])); }
  specialTokens() { return ops.tk_special_tokens(this[H]); }
  splitRegex() { return ops.tk_split_regex(this[H]); }
}

export class Model {
  #tokenizer;
  constructor(h) { this[H] = h; this.name = ops.model_name(h); }
  static load(name) { return new Model(ops.model_load(name)); }
  info() { return ops.model_info(this[H]); }
  tokenizer() { return (this.#tokenizer ??= new Tokenizer(ops.model_tokenizer(this[H]))); }
  defaultSystemSpeculation() { return ops.model_speculation(this[H]); }
}
Model.prototype.speak = later('model.speak', 'no loaded model speaks');
