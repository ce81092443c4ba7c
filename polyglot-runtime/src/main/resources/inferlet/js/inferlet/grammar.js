import { H, ids, wrongType, given, kindOf, handle, ops, call } from './base.js';
import { Mask } from './mask.js';
import { Tokenizer, Model } from './model.js';

const source = (pattern) => (pattern instanceof RegExp ? pattern.source : pattern);
const form = (options) => { const { lenient = false, compact = false } = given(options); return [lenient, compact]; };
export class Grammar {
  constructor(h) { this[H] = h; }
  static fromJsonSchema(schema, options) { return new Grammar(ops.grammar('json_schema', schema, ...form(options))); }
  static async fromJsonSchemaAsync(schema, options) {
    return new Grammar(await call(ops.grammar_async('json_schema', schema, ...form(options)), options));
  }
  static json() { return new Grammar(ops.grammar('json')); }
  static async jsonAsync(options) { return new Grammar(await call(ops.grammar_async('json'), options)); }
  static fromRegex(pattern) { return new Grammar(ops.grammar('regex', source(pattern))); }
  static async fromRegexAsync(pattern, options) { return new Grammar(await call(ops.grammar_async('regex', source(pattern)), options)); }
  static fromEbnf(text) { return new Grammar(ops.grammar('ebnf', text)); }
  static async fromEbnfAsync(text, options) { return new Grammar(await call(ops.grammar_async('ebnf', text), options)); }
  get ignored() { return Array.from(ops.grammar_ignored(this[H])); }
  toString() { return ops.grammar_text(this[H]); }
}

export class Matcher {
  constructor(grammar, tokenizer) {
    this[H] = grammar === H ? tokenizer : ops.matcher(handle(grammar, Grammar, 'grammar'), handle(tokenizer, Tokenizer, 'tokenizer'));
  }
  static async createAsync(grammar, tokenizer, options) {
    const op = ops.matcher_async(handle(grammar, Grammar, 'grammar'), handle(tokenizer, Tokenizer, 'tokenizer'));
    return new Matcher(H, await call(op, options));
  }
  acceptTokens(values) { ops.matcher_accept(this[H], ids(values)); }
  nextTokenLogitMask() { return Mask.fromBrle(ops.matcher_mask(this[H])); }
  isTerminated() { return ops.matcher_terminated(this[H]); }
  fork() { return new Matcher(H, ops.matcher_fork(this[H])); }
  rollback(n) { ops.matcher_rollback(this[H], n); }
  reset() { ops.matcher_reset(this[H]); }
}

const tokenizerOf = (model) => new Tokenizer(ops.model_tokenizer(handle(model, Model, 'model')));
export class GrammarConstraint {
  constructor(matcher, h) { this[H] = matcher === H ? h : ops.constraint(handle(matcher, Matcher, 'matcher')); }
  static async createAsync(matcher) { return new GrammarConstraint(matcher); }
  static fromGrammar(g, model) { return new GrammarConstraint(new Matcher(g, tokenizerOf(model))); }
  static async fromGrammarAsync(g, model, options) {
    return new GrammarConstraint(await Matcher.createAsync(g, tokenizerOf(model), options));
  }
  static fromJsonSchema(schema, model, options) { return GrammarConstraint.fromGrammar(Grammar.fromJsonSchema(schema, options), model); }
  static async fromJsonSchemaAsync(schema, model, options) {
    return GrammarConstraint.fromGrammarAsync(await Grammar.fromJsonSchemaAsync(schema, options), model, options);
  }
  static json(model) { return GrammarConstraint.fromGrammar(Grammar.json(), model); }
  static async jsonAsync(model, options) {
    return GrammarConstraint.fromGrammarAsync(await Grammar.jsonAsync(options), model, options);
  }
  static fromRegex(pattern, model) { return GrammarConstraint.fromGrammar(Grammar.fromRegex(pattern), model); }
  static async fromRegexAsync(pattern, model, options) {
    return GrammarConstraint.fromGrammarAsync(await Grammar.fromRegexAsync(pattern, options), model, options);
  }
  static fromEbnf(text, model) { return GrammarConstraint.fromGrammar(Grammar.fromEbnf(text), model); }
  static async fromEbnfAsync(text, model, options) {
    return GrammarConstraint.fromGrammarAsync(await Grammar.fromEbnfAsync(text, options), model, options);
  }
  step(accepted) { return Mask.fromBrle(ops.constraint_step(this[H], ids(accepted))); }
  fork() { return new GrammarConstraint(H, ops.constraint_fork(this[H])); }
  rollback(n) { ops.constraint_rollback(this[H], n); }
  get isTerminated() { return ops.constraint_terminated(this[H]); }
}

export class HostSchema {
  constructor(h) { this[H] = h; }
  buildConstraint(model) { return new GrammarConstraint(H, ops.schema_build(this[H], handle(model, Model, 'model'))); }
}
export const jsonSchema = (schema, options) => new HostSchema(ops.schema('json_schema', schema, ...form(options)));
export const anyJson = () => new HostSchema(ops.schema('json'));
export const regex = (pattern) => new HostSchema(ops.schema('regex', source(pattern)));
export const ebnf = (text) => new HostSchema(ops.schema('ebnf', text));
export const grammar = (g) => new HostSchema(ops.schema('grammar', handle(g, Grammar, 'grammar')));

// The host's objects behind schemas and constraints; those of the program's own are handed to the host, which asks them.
export function constraints(given, model) {
  return (Array.isArray(given) ? given : [given]).map((one) => {
    const built = one?.[H] === undefined && typeof one?.buildConstraint === 'function' ? one.buildConstraint(model) : one;
    if (built?.[H] !== undefined) return built[H];
    if (typeof built?.step === 'function') return ops.callback(built);
    throw wrongType(`constrain must be a Schema, a Constraint or a list of them, got ${kindOf(one)}`);
  });
}
