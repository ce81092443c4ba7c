// The interface between pie and the programs that it runs. All behaviour lives in the host; this is a thin facade.
const { ops, call, checkWaiting, errors, makeError, facade } = globalThis[Symbol.for('pie.host')];

const H = Symbol('handle');
const ENDS = Symbol('ends');
const later = (what, why) => () => { throw makeError('UNSUPPORTED', `${what}: ${why}`, '{}'); };
// What ends the work behind a promise of this module: `timers.timeout` gives up by it.
const works = new WeakMap();
function endable(begin, options) {
  const end = new AbortController();
  const promise = (async () => {
    checkWaiting(options);
    const signal = options?.signal === undefined ? end.signal : AbortSignal.any([options.signal, end.signal]);
    return await begin({ ...options, signal });
  })();
  works.set(promise, end);
  return promise;
}
const snake = (name) => name.replace(/[A-Z]/g, (c) => '_' + c.toLowerCase());
const ids = (values) => {
  const iterable = typeof values?.[Symbol.iterator] === 'function';
  return !iterable || Array.isArray(values) || ArrayBuffer.isView(values) ? values : Array.from(values);
};
const wrongType = (message) => makeError('INVALID_ARGUMENT', message, '{"wrong_type":true}');
// The options that a program gave, none if it gave nothing.
const given = (options, name = 'options') => {
  if (options === undefined) return {};
  if (options !== null && typeof options === 'object') return options;
  throw wrongType(`${name} must be an object, got ${options === null ? 'null' : typeof options}`);
};
// What a program gave as a list, as an array.
const listed = (values, name) => {
  if (Array.isArray(values)) return values;
  if (typeof values !== 'string' && typeof values?.[Symbol.iterator] === 'function') return Array.from(values);
  throw wrongType(`${name} must be a list, got ${values === null ? 'null' : typeof values}`);
};
const bias = (map) => (map instanceof Map ? Object.fromEntries(map) : map);

const sort = (value) =>
  (value === null ? 'null' : typeof value === 'object' ? value.constructor?.name ?? 'object' : typeof value);
function handle(value, cls, name) {
  if (value instanceof cls) return value[H];
  throw wrongType(`${name} must be a ${cls.name}, got ${sort(value)}`);
}

const OPTIONS = ['maxTokens', 'stop', 'extraStop', 'constrain', 'logitMask', 'speculator', 'systemSpeculation', 'adapter',
  'zoSeed', 'horizon', 'rebidEachStep', 'autoFlush', 'seed', 'runAhead'];

function flat(options) {
  const pairs = [];
  for (const [name, value] of Object.entries(options)) {
    if (!OPTIONS.includes(name)) {
      throw wrongType(`unexpected option '${name}'; known: ${OPTIONS.join(', ')}`);
    }
    if (value !== undefined && value !== null) {
      pairs.push(snake(name), value instanceof Set ? [...value] : value);
    }
  }
  return pairs;
}

export const { PieError, InvalidArgumentError, InvalidTypeError, ContextLengthError, OutOfPagesError, PermissionDeniedError,
  NotFoundError, AlreadyExistsError, UnsupportedError, GrammarViolationError, GuestError, LimitExceededError, CancelledError,
  BudgetExhaustedError, PieTimeoutError, StorageFullError, UpstreamError, DriverFailureError, DeviceLostError,
  InternalError } = errors;

export const ErrorCode = Object.freeze(Object.fromEntries(['INVALID_ARGUMENT', 'CONTEXT_LENGTH_EXCEEDED', 'OUT_OF_PAGES',
  'PERMISSION_DENIED', 'NOT_FOUND', 'ALREADY_EXISTS', 'UNSUPPORTED', 'BAD_REQUEST', 'INVALID_MANIFEST', 'SOURCE_ERROR',
  'UNAUTHENTICATED', 'METHOD_NOT_ALLOWED', 'NOT_ACCEPTABLE', 'UNSUPPORTED_MEDIA_TYPE', 'UPGRADE_REQUIRED', 'CONFLICT',
  'PAYLOAD_TOO_LARGE', 'RATE_LIMITED', 'QUOTA_EXCEEDED', 'GRAMMAR_VIOLATION', 'GUEST_ERROR', 'LIMIT_EXCEEDED', 'CANCELLED',
  'BUDGET_EXHAUSTED', 'TIMEOUT', 'STORAGE_FULL', 'UPSTREAM_FAILURE', 'OVERLOADED', 'DRAINING', 'NOT_READY',
  'DRIVER_FAILURE', 'DEVICE_LOST', 'INTERNAL'].map((code) => [code, code])));

// --- masks ------------------------------------------------------------------------------------
export class Mask extends Uint32Array {
  static get [Symbol.species]() { return Uint32Array; }
  static #of(runs) { return new Mask(runs); }
  static all(n) { return Mask.#of(ops.mask('all', n)); }
  static none(n) { return Mask.#of(ops.mask('none', n)); }
  static range(a, b) { return Mask.#of(ops.mask('range', a, b)); }
  static ranges(pairs) { return Mask.#of(ops.mask('ranges', listed(pairs, 'ranges').map((p) => listed(p, 'range')))); }
  static ids(values) { return Mask.#of(ops.mask('ids', ids(values))); }
  static fromBrle(runs) { return Mask.#of(ops.mask('brle', ids(runs))); }
  static window(n, w) { return Mask.#of(ops.mask('window', n, w)); }
  static sink(n, s, w) { return Mask.#of(ops.mask('sink', n, s, w)); }
  static rows(start, count, f) { return Array.from({ length: count }, (_, i) => f(start + i)); }
  and(other) { return Mask.#of(ops.mask('and', this, ids(other))); }
  or(other) { return Mask.#of(ops.mask('or', this, ids(other))); }
  not(n) { return Mask.#of(ops.mask('not', this, n)); }
  count() { return ops.mask('count', this); }
  contains(i) { return ops.mask('contains', this, i); }
  toBrle(n) { return n === undefined ? new Uint32Array(this) : ops.mask('to_brle', this, n); }
}

// --- samplers and probes ----------------------------------------------------------------------
export class Stage {
  constructor(h) { this[H] = h; }
  static repetitionPenalty(r, window) { return new Stage(ops.stage('repetition_penalty', r, window)); }
  static presencePenalty(a) { return new Stage(ops.stage('presence_penalty', a)); }
  static frequencyPenalty(b) { return new Stage(ops.stage('frequency_penalty', b)); }
  static logitBias(map, x) {
    if (Array.isArray(map) && map.length === 2 && typeof map[0] === 'object') [map, x] = map;
    return new Stage(x === undefined ? ops.stage('logit_bias', bias(map)) : ops.stage('logit_bias', map, x));
  }
  static temperature(t) { return new Stage(ops.stage('temperature', t)); }
  static topK(k) { return new Stage(ops.stage('top_k', k)); }
  static typical(t) { return new Stage(ops.stage('typical', t)); }
  static topP(q) { return new Stage(ops.stage('top_p', q)); }
  static minP(q) { return new Stage(ops.stage('min_p', q)); }
}

const STAGES = ['repetitionPenalty', 'presencePenalty', 'frequencyPenalty', 'logitBias', 'temperature', 'topK', 'typical',
  'topP', 'minP'];

export class Sampler {
  constructor(h) { this[H] = h; }
  static argmax(options) { return new Sampler(ops.sampler('argmax', given(options).seed)); }
  static topP(temperature = 0.6, p = 0.95, options) { return new Sampler(ops.sampler('top_p', given(options).seed, temperature, p)); }
  static topK(temperature = 0.6, k = 40, options) { return new Sampler(ops.sampler('top_k', given(options).seed, temperature, k)); }
  static minP(temperature = 0.6, p = 0.1, options) { return new Sampler(ops.sampler('min_p', given(options).seed, temperature, p)); }
  static topKTopP(temperature = 0.6, k = 40, p = 0.95, options) {
    return new Sampler(ops.sampler('top_k_top_p', given(options).seed, temperature, k, p));
  }
  static multinomial(temperature = 1, draws = 1, options) {
    return new Sampler(ops.sampler('multinomial', given(options).seed, temperature, draws));
  }
  static chain(stages, options) {
    let { seed } = given(options);
    let list = stages;
    if (!Array.isArray(stages)) {
      if (stages === null || typeof stages !== 'object') listed(stages, 'stages');
      seed = stages.seed;
      for (const name of Object.keys(stages)) {
        if (name !== 'seed' && !STAGES.includes(name)) {
          throw wrongType(`unexpected stage '${name}'; known: ${STAGES.join(', ')}`);
        }
      }
      list = STAGES.filter((name) => stages[name] !== undefined).map((name) => Stage[name](stages[name]));
    }
    return new Sampler(ops.sampler('chain', seed, ...list.map((s) => handle(s, Stage, 'stage'))));
  }
}

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

// --- models -----------------------------------------------------------------------------------
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

// --- adapters ---------------------------------------------------------------------------------
export class Adapter {
  constructor(h) { this[H] = h; }
  static create(model, name) { return new Adapter(ops.adapter_create(handle(model, Model, 'model'), name)); }
  static async createAsync(model, name, options) {
    return new Adapter(await call(ops.adapter_create_async(handle(model, Model, 'model'), name), options));
  }
  static #of(h) { return h === undefined ? undefined : new Adapter(h); }
  static open(model, name) { return Adapter.#of(ops.adapter_open(handle(model, Model, 'model'), name)); }
  static async openAsync(model, name, options) {
    return Adapter.#of(await call(ops.adapter_open_async(handle(model, Model, 'model'), name), options));
  }
  get name() { return ops.adapter_name(this[H]); }
  get shared() { return ops.adapter_shared(this[H]); }
  fork(newName) { return new Adapter(ops.adapter_fork(this[H], newName)); }
  async forkAsync(newName, options) { return new Adapter(await call(ops.adapter_fork_async(this[H], newName), options)); }
  load(path) { ops.adapter_load(this[H], path); }
  async loadAsync(path, options) { await call(ops.adapter_load_async(this[H], path), options); }
  save(path) { ops.adapter_save(this[H], path); }
  async saveAsync(path, options) { await call(ops.adapter_save_async(this[H], path), options); }
  destroy() { ops.adapter_destroy(this[H]); }
  async destroyAsync(options) { await call(ops.adapter_destroy_async(this[H]), options); }
  close() { ops.adapter_close(this[H]); }
  [Symbol.dispose]() { ops.adapter_leave(this[H]); }
  async [Symbol.asyncDispose]() { ops.adapter_leave(this[H]); }
}
const through = (adapter) => (adapter === undefined || adapter === null ? undefined : handle(adapter, Adapter, 'adapter'));
export const zo = Object.freeze({
  initialize: (adapter, rank, alpha, populationSize, muFraction, initialSigma) =>
    ops.zo_initialize(handle(adapter, Adapter, 'adapter'), rank, alpha, populationSize, muFraction, initialSigma),
  initializeAsync: async (adapter, rank, alpha, populationSize, muFraction, initialSigma, options) => {
    await call(ops.zo_initialize_async(handle(adapter, Adapter, 'adapter'), rank, alpha, populationSize, muFraction, initialSigma), options);
  },
  update: (adapter, scores, seeds, maxSigma) => ops.zo_update(handle(adapter, Adapter, 'adapter'), ids(scores), ids(seeds), maxSigma),
  updateAsync: async (adapter, scores, seeds, maxSigma, options) => {
    await call(ops.zo_update_async(handle(adapter, Adapter, 'adapter'), ids(scores), ids(seeds), maxSigma), options);
  },
  adapterSeed: (forward, seed) => forward.zoSeed(seed),
});

// --- passes -----------------------------------------------------------------------------------
export class SampleHandle {
  constructor(h) { this[H] = h; this.slot = ops.handle_slot(h); this.arity = ops.handle_arity(h); }
}
export class ProbeHandle {
  constructor(h) { this[H] = h; this.slot = ops.handle_slot(h); this.kind = ops.handle_kind(h); }
}

export class Output {
  #tokens;
  constructor(h) { this[H] = h; }
  token(h) { return ops.out_token(this[H], handle(h, SampleHandle, 'handle')); }
  tokensAt(h) { return ops.out_tokens_at(this[H], handle(h, SampleHandle, 'handle')); }
  distribution(h) { return ops.out_distribution(this[H], handle(h, ProbeHandle, 'handle')); }
  logits(h) { return ops.out_logits(this[H], handle(h, ProbeHandle, 'handle')); }
  logprobs(h) { return ops.out_logprobs(this[H], handle(h, ProbeHandle, 'handle')); }
  entropy(h) { return ops.out_entropy(this[H], handle(h, ProbeHandle, 'handle')); }
  get tokens() {
    if (this.#tokens === undefined) {
      this.#tokens = ops.out_tokens(this[H]);
      this.#tokens[ENDS] = ['stop', 'constraint'].includes(this.finishReason);
    }
    return this.#tokens;
  }
  get raw() {
    return {
      slots: ops.out_slots(this[H]).map(([tag, val]) => ({ tag, val })),
      specTokens: ops.out_spec_tokens(this[H]),
      specPositions: ops.out_spec_positions(this[H]),
    };
  }
  get text() { return ops.out_text(this[H]); }
  get finishReason() { return ops.out_finish_reason(this[H]); }
  get autoSampler() { const h = ops.out_auto_sampler(this[H]); return h === undefined ? undefined : new SampleHandle(h); }
}

export class Forward {
  constructor(h) { this[H] = h; }
  startPosition() { return ops.fwd_start_position(this[H]); }
  pageSize() { return ops.fwd_page_size(this[H]); }
  input(values) { ops.fwd_input(this[H], ids(values)); return this; }
  inputAt(values, positions) { ops.fwd_input_at(this[H], ids(values), ids(positions)); return this; }
  sample(indices, sampler) {
    return new SampleHandle(ops.fwd_sample(this[H], typeof indices === 'object' ? listed(indices, 'indices') : indices, handle(sampler, Sampler, 'sampler')));
  }
  probe(index, probe) { return new ProbeHandle(ops.fwd_probe(this[H], index, handle(probe, Probe, 'probe'))); }
  mask(brle) { ops.fwd_mask(this[H], ids(brle)); return this; }
  maskAt(index, brle) { ops.fwd_mask_at(this[H], index, ids(brle)); return this; }
  attentionMask(rows, options) {
    ops.fwd_attention_mask(this[H], listed(rows, 'rows').map(ids), given(options).causal ?? true);
    return this;
  }
  deferCommit() { ops.fwd_defer_commit(this[H]); return this; }
  adapter(adapter) { ops.fwd_adapter(this[H], through(adapter)); return this; }
  zoSeed(seed) { ops.fwd_zo_seed(this[H], seed); return this; }
  async execute(options) { return new Output(await call(ops.fwd_execute(this[H]), options)); }
}
for (const name of ['inputImage', 'inputAudio']) Forward.prototype[name] = later(`fwd.${name}`, 'no loaded model takes media');

// --- generations ------------------------------------------------------------------------------
// --- grammars ---------------------------------------------------------------------------------
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

class HostSchema {
  constructor(h) { this[H] = h; }
  buildConstraint(model) { return new GrammarConstraint(H, ops.schema_build(this[H], handle(model, Model, 'model'))); }
}
export const jsonSchema = (schema, options) => new HostSchema(ops.schema('json_schema', schema, ...form(options)));
export const anyJson = () => new HostSchema(ops.schema('json'));
export const regex = (pattern) => new HostSchema(ops.schema('regex', source(pattern)));
export const ebnf = (text) => new HostSchema(ops.schema('ebnf', text));
export const grammar = (g) => new HostSchema(ops.schema('grammar', handle(g, Grammar, 'grammar')));

// The host's objects behind schemas and constraints; those of the program's own are handed to the host, which asks them.
function constraints(given, model) {
  return (Array.isArray(given) ? given : [given]).map((one) => {
    const built = one?.[H] === undefined && typeof one?.buildConstraint === 'function' ? one.buildConstraint(model) : one;
    if (built?.[H] !== undefined) return built[H];
    if (typeof built?.step === 'function') return ops.callback(built);
    throw wrongType(`constrain must be a Schema, a Constraint or a list of them, got ${sort(one)}`);
  });
}

function drafter(given) {
  if (typeof given?.draft === 'function') return ops.callback(given);
  throw wrongType(`speculator must have a method draft(), got ${sort(given)}`);
}

// Steps in which the program has a say are begun here, one by one; the host keeps their tokens.
async function advance(h, all, options) {
  const until = options?.timeout === undefined ? undefined : performance.now() + options.timeout;
  while (ops.gen_awaits_advance(h, all)) {
    await call(ops.gen_advance(h), until === undefined ? options : { ...options, timeout: until - performance.now() });
  }
}

export class GenStep {
  constructor(h) { this[H] = h; }
  clearSampler() { ops.step_clear_sampler(this[H]); return this; }
  sampler(sampler) { ops.step_sampler(this[H], handle(sampler, Sampler, 'sampler')); return this; }
  logitBias(map, x) {
    if (Array.isArray(map) && map.length === 2 && typeof map[0] === 'object') [map, x] = map;
    if (x === undefined) ops.step_logit_bias(this[H], bias(map));
    else ops.step_logit_bias(this[H], map, x);
    return this;
  }
  probe(index, probe) { return new ProbeHandle(ops.step_probe(this[H], index, handle(probe, Probe, 'probe'))); }
  get mask() { const runs = ops.step_mask(this[H]); return runs === undefined ? undefined : new Mask(runs); }
  async execute(options) { return new Output(await call(ops.step_execute(this[H]), options)); }
}

export class Generator {
  constructor(h, context) { this[H] = h; this.context = context; }
  disableSystemSpeculation() { return this.systemSpeculation(false); }
  probeEachStep(index, probe) { return new ProbeHandle(ops.gen_probe_each_step(this[H], index, handle(probe, Probe, 'probe'))); }
  get tokensGenerated() { return ops.gen_tokens_generated(this[H]); }
  get isDone() { return ops.gen_is_done(this[H]); }
  get finishReason() { return ops.gen_finish_reason(this[H]); }
  async next() {
    const h = ops.gen_next(this[H]);
    return h === undefined ? undefined : new GenStep(h);
  }
  async *[Symbol.asyncIterator]() {
    for (let h = ops.gen_next(this[H]); h !== undefined; h = ops.gen_next(this[H])) yield new GenStep(h);
  }
  async nextToken(options) {
    await advance(this[H], false, options);
    return await call(ops.gen_next_token(this[H]), options);
  }
  speculator(speculator) {
    ops.gen_set(this[H], 'speculator', drafter(speculator));
    return this;
  }
  adapter(adapter) {
    ops.gen_set(this[H], 'adapter', through(adapter));
    return this;
  }
  constrain(constraint) {
    ops.gen_set(this[H], 'constrain', constraints(constraint, this.context.model));
    return this;
  }
  accept(values) { return ops.gen_accept(this[H], ids(values)); }
  fork() { return this.context.fork(); }
  async forkAsync(options) { return await this.context.forkAsync(options); }
  save(name, options) { this.context.save(name, options); }
  async saveAsync(name, options) { await this.context.saveAsync(name, options); }
  snapshot(options) { return this.context.snapshot(options); }
  async snapshotAsync(options) { return await this.context.snapshotAsync(options); }
  close() { ops.gen_close(this[H]); }
  [Symbol.dispose]() { this.close(); }
  async [Symbol.asyncDispose]() { this.close(); }
  collectTokens(options) {
    return endable(async (o) => {
      await advance(this[H], true, o);
      return await call(ops.gen_collect_tokens(this[H]), o);
    }, options);
  }
  collectText(options) {
    const { includeReasoning = false, ...waiting } = given(options);
    return endable(async (o) => {
      await advance(this[H], true, o);
      return await call(ops.gen_collect_text(this[H], includeReasoning), o);
    }, waiting);
  }
  async collectJson(options) {
    const { schema, parse, ...waiting } = given(options);
    if (schema === undefined) ops.gen_constrain_json(this[H]);
    else ops.gen_constrain_json(this[H], schema);
    const text = await this.collectText(waiting);
    let value;
    try {
      value = JSON.parse(text);
    } catch (e) {
      throw makeError('GRAMMAR_VIOLATION', `collectJson: the text is not complete JSON: ${e.message}`, JSON.stringify({ text }));
    }
    return parse ? parse(value) : value;
  }
}
for (const name of ['maxTokens', 'stop', 'addStop', 'logitMask', 'horizon', 'rebidEachStep', 'zoSeed',
  'systemSpeculation', 'seed', 'runAhead']) {
  Generator.prototype[name] = function set(value) {
    ops.gen_set(this[H], snake(name), value instanceof Set ? [...value] : value);
    return this;
  };
}

// --- contexts ---------------------------------------------------------------------------------
class IdleScope {
  constructor(h) { this[H] = h; }
  close() { ops.idle_close(this[H]); }
  [Symbol.dispose]() { this.close(); }
  async [Symbol.asyncDispose]() { this.close(); }
}

const seconds = (millis) => (['number', 'bigint'].includes(typeof millis) ? Number(millis) / 1000 : millis);
export class Context {
  constructor(model, options) {
    const { template, prefixCache = true } = given(options);
    this[H] = ops.ctx_new(handle(model, Model, 'model'), template, prefixCache);
    this.model = model;
  }
  static async createAsync(model, options) { return new Context(model, options); }
  static [H](h) { return Context.#of(h, new Model(ops.ctx_model(h))); }
  static #of(h, model) {
    const ctx = Object.create(Context.prototype);
    ctx[H] = h;
    ctx.model = model;
    return ctx;
  }
  static open(model, name) { return Context.#of(ops.ctx_open(handle(model, Model, 'model'), name, false), model); }
  static async openAsync(model, name, options) {
    return Context.#of(await call(ops.ctx_open_async(handle(model, Model, 'model'), name, false), options), model);
  }
  static take(model, name) { return Context.#of(ops.ctx_open(handle(model, Model, 'model'), name, true), model); }
  static async takeAsync(model, name, options) {
    return Context.#of(await call(ops.ctx_open_async(handle(model, Model, 'model'), name, true), options), model);
  }
  static delete(model, name) { ops.ctx_delete(handle(model, Model, 'model'), name); }
  static async deleteAsync(model, name, options) { await call(ops.ctx_delete_async(handle(model, Model, 'model'), name), options); }
  save(name, options) {
    const { overwrite = false, ttl } = given(options);
    ops.ctx_save(this[H], name, overwrite, seconds(ttl));
  }
  async saveAsync(name, options) {
    const { overwrite = false, ttl, ...waiting } = given(options);
    await call(ops.ctx_save_async(this[H], name, overwrite, seconds(ttl)), waiting);
  }
  snapshot(options) { return ops.ctx_snapshot(this[H], seconds(given(options).ttl)); }
  async snapshotAsync(options) { return await call(ops.ctx_snapshot_async(this[H], seconds(given(options).ttl)), options); }
  dropPrefix(n, options) { ops.ctx_drop_prefix(this[H], n, given(options).sink ?? 0); }
  async dropPrefixAsync(n, options) {
    await call(ops.ctx_drop_prefix_async(this[H], n, given(options).sink ?? 0), options);
  }
  setWindow(w, options) { ops.ctx_set_window(this[H], w, given(options).sink ?? 0); }
  async setWindowAsync(w, options) {
    await call(ops.ctx_set_window_async(this[H], w, given(options).sink ?? 0), options);
  }
  publish() { ops.ctx_publish(this[H]); }
  async publishAsync(options) { await call(ops.ctx_publish_async(this[H]), options); }
  get pageSize() { return ops.ctx_page_size(this[H]); }
  get seqLen() { return ops.ctx_seq_len(this[H]); }
  get committedPageCount() { return ops.ctx_committed_page_count(this[H]); }
  get workingPageCount() { return ops.ctx_working_page_count(this[H]); }
  get workingPageTokenCount() { return ops.ctx_working_page_token_count(this[H]); }
  buffer() { return ops.ctx_buffer(this[H]); }
  tokens() { return ops.ctx_tokens(this[H]); }
  system(text) { ops.ctx_system(this[H], text); return this; }
  user(text) { ops.ctx_user(this[H], text); return this; }
  assistant(text) { ops.ctx_assistant(this[H], text); return this; }
  cue() { ops.ctx_cue(this[H]); return this; }
  seal() { ops.ctx_seal(this[H]); return this; }
  equip(list) { ops.ctx_equip(this[H], described(list)); return this; }
  answer(name, value) { ops.ctx_answer(this[H], name, text(value)); return this; }
  append(values) { ops.ctx_append(this[H], ids(values)); return this; }
  appendText(text) { ops.ctx_append_text(this[H], text); return this; }
  async flush(options) { await call(ops.ctx_flush(this[H]), options); }
  truncate(n) { ops.ctx_truncate(this[H], n); }
  async truncateAsync(n, options) { await call(ops.ctx_truncate_async(this[H], n), options); }
  setBid(v, options) { ops.ctx_set_bid(this[H], v, given(options).hold ?? false); return this; }
  idle() { return new IdleScope(ops.ctx_idle(this[H])); }
  fork() { return Context.#of(ops.ctx_fork(this[H]), this.model); }
  async forkAsync(options) { return Context.#of(await call(ops.ctx_fork_async(this[H]), options), this.model); }
  suspend() { ops.ctx_suspend(this[H]); }
  async suspendAsync(options) { await call(ops.ctx_suspend_async(this[H]), options); }
  reserveWorkingPages(n) { ops.ctx_reserve_working_pages(this[H], n); }
  async reserveWorkingPagesAsync(n, options) { await call(ops.ctx_reserve_working_pages_async(this[H], n), options); }
  commitWorkingPages(k) { ops.ctx_commit_working_pages(this[H], k); }
  async commitWorkingPagesAsync(k, options) { await call(ops.ctx_commit_working_pages_async(this[H], k), options); }
  releaseWorkingPages(n) { ops.ctx_release_working_pages(this[H], n); }
  async releaseWorkingPagesAsync(n, options) { await call(ops.ctx_release_working_pages_async(this[H], n), options); }
  truncateWorkingPageTokens(n) { ops.ctx_truncate_working_page_tokens(this[H], n); }
  async truncateWorkingPageTokensAsync(n, options) { await call(ops.ctx_truncate_working_page_tokens_async(this[H], n), options); }
  forward() { return new Forward(ops.ctx_forward(this[H])); }
  generate(sampler, options) {
    const known = { ...given(options) };
    if (known.constrain !== undefined && known.constrain !== null) known.constrain = constraints(known.constrain, this.model);
    if (known.speculator !== undefined && known.speculator !== null) known.speculator = drafter(known.speculator);
    if (known.adapter !== undefined) known.adapter = through(known.adapter);
    return new Generator(ops.ctx_generate(this[H], handle(sampler, Sampler, 'sampler'), ...flat(known)), this);
  }
  release() { ops.ctx_close(this[H]); }
  close() { this.release(); }
  [Symbol.dispose]() { this.release(); }
  async [Symbol.asyncDispose]() { this.release(); }
}
const refused = {
  'no loaded model takes media': ['appendImage', 'appendImages', 'appendAudio', 'appendAudios', 'appendVideo'],
};
for (const [why, names] of Object.entries(refused)) for (const name of names) Context.prototype[name] = later(`ctx.${name}`, why);

// --- chat -------------------------------------------------------------------------------------
const Event = Object.freeze({
  Idle: () => ({ type: 'idle' }),
  Delta: (text) => ({ type: 'delta', text }),
  Done: (text) => ({ type: 'done', text }),
  Interrupt: (token) => ({ type: 'interrupt', token }),
});
const event = ([kind, value]) => Event[kind[0].toUpperCase() + kind.slice(1)](value);

function fed(feed, h, given) {
  const tokens = given instanceof Output ? given.tokens : given;
  return feed(h, ids(tokens), tokens?.[ENDS] === true);
}

class Decoder {
  constructor(model, options) {
    this[H] = ops.decoder_new(handle(model, Model, 'model'), given(options).includeReasoning ?? false);
  }
  feed(tokens) { return event(fed(ops.decoder_feed, this[H], tokens)); }
  feedAll(tokens) { return fed(ops.decoder_feed_all, this[H], tokens).map(event); }
  reset() { ops.decoder_reset(this[H]); }
}

export const chat = Object.freeze({
  system: (model, text) => ops.chat_system(handle(model, Model, 'model'), text),
  user: (model, text) => ops.chat_user(handle(model, Model, 'model'), text),
  assistant: (model, text) => ops.chat_assistant(handle(model, Model, 'model'), text),
  firstUser: (model, text) => ops.chat_first_user(handle(model, Model, 'model'), text),
  systemUser: (model, system, text) => ops.chat_system_user(handle(model, Model, 'model'), system, text),
  render(model, messages, options) {
    const { tools, addGenerationPrompt = false, template } = given(options);
    return ops.chat_render(handle(model, Model, 'model'), listed(messages, 'messages'), addGenerationPrompt, template,
      tools === undefined ? undefined : described(tools));
  },
  cue: (model) => ops.chat_cue(handle(model, Model, 'model')),
  seal: (model) => ops.chat_seal(handle(model, Model, 'model')),
  stopTokens: (model) => ops.chat_stop_tokens(handle(model, Model, 'model')),
  Event,
  Decoder,
});

// --- reasoning and tools ----------------------------------------------------------------------
const Thought = Object.freeze({
  Idle: () => ({ type: 'idle' }),
  Start: () => ({ type: 'start' }),
  Delta: (text) => ({ type: 'delta', text }),
  End: (text) => ({ type: 'end', text }),
});
const thought = ([kind, value]) => Thought[kind[0].toUpperCase() + kind.slice(1)](value);

// A model without reasoning gives idle for ever.
class ReasoningDecoder {
  constructor(model) { this[H] = ops.reasoning_new(handle(model, Model, 'model')); }
  feed(tokens) { return thought(fed(ops.reasoning_feed, this[H], tokens)); }
  feedAll(tokens) { return fed(ops.reasoning_feed_all, this[H], tokens).map(thought); }
  reset() { ops.reasoning_reset(this[H]); }
}
export const reasoning = Object.freeze({ Event: Thought, Decoder: ReasoningDecoder });

const ToolEvent = Object.freeze({ Start: () => ({ type: 'start' }), Call: (name, args) => ({ type: 'call', name, args }) });
const toolEvent = ([kind, ...values]) => (kind === 'start' ? ToolEvent.Start() : ToolEvent.Call(...values));

// On a model without a tool form nothing is registered, and no call is found; feed gives start where there is none.
class ToolDecoder {
  constructor(model) { this[H] = ops.tools_decoder_new(handle(model, Model, 'model')); }
  feed(tokens) { return toolEvent(fed(ops.tools_decoder_feed, this[H], tokens)); }
  feedAll(tokens) { return fed(ops.tools_decoder_feed_all, this[H], tokens).map(toolEvent); }
  reset() { ops.tools_decoder_reset(this[H]); }
}
const parseCalls = (model, output) =>
  ops.tools_parse_calls(handle(model, Model, 'model'), typeof output === 'string' ? output : ids(output)).map(toolEvent);
// What the host takes: name, description and parameters of each tool.
const described = (list) => listed(list, 'tools').map((t) =>
  (typeof t === 'function' ? { name: t.name, description: t.description, parameters: t.schema } : t));
function tool(about, f) {
  const { name, description = '', parameters = { type: 'object', properties: {} } } = given(about, 'the description of a tool');
  if (typeof name !== 'string' || typeof f !== 'function') {
    throw wrongType('tools.tool takes {name, description, parameters} and a function');
  }
  const own = (...args) => f(...args);
  const schema = typeof parameters === 'string' ? JSON.parse(parameters) : parameters;
  const call = async (given = {}) => {
    ops.tools_check(name, schema, given);
    return await f(typeof given === 'string' ? JSON.parse(given || '{}') : given);
  };
  return Object.defineProperties(own, Object.fromEntries(Object.entries({ name, description, schema, call })
    .map(([k, value]) => [k, { value, enumerable: true, configurable: true }])));
}
const made = (h, make) => (h === undefined ? undefined : make(h));
export const tools = Object.freeze({
  Event: ToolEvent,
  Decoder: ToolDecoder,
  supported: (model) => ops.tools_supported(handle(model, Model, 'model')),
  equipPrefix: (model, list) => ops.tools_equip_prefix(handle(model, Model, 'model'), described(list)),
  answerPrefix: (model, name, value) => ops.tools_answer_prefix(handle(model, Model, 'model'), name, text(value)),
  nativeGrammar: (model, list) =>
    made(ops.tools_native_grammar(handle(model, Model, 'model'), described(list)), (h) => new Grammar(h)),
  nativeMatcher: (model, list) =>
    made(ops.tools_native_matcher(handle(model, Model, 'model'), described(list)), (h) => new Matcher(H, h)),
  nativeGrammarAsync: async (model, list, options) =>
    made(await call(ops.tools_native_grammar_async(handle(model, Model, 'model'), described(list)), options), (h) => new Grammar(h)),
  nativeMatcherAsync: async (model, list, options) =>
    made(await call(ops.tools_native_matcher_async(handle(model, Model, 'model'), described(list)), options), (h) => new Matcher(H, h)),
  parseCall: (model, output) => parseCalls(model, output)[0],
  parseCalls,
  tool,
});

// --- the process ------------------------------------------------------------------------------
const text = (value) => {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value, (k, v) => (typeof v === 'bigint' ? v.toString() : v)) ?? 'null';
  } catch (e) {
    if (!(e instanceof TypeError)) throw e;
    throw makeError('INVALID_ARGUMENT', `the value cannot be written as JSON: ${e.message}`, '{}');
  }
};

// A process that this one started. To let go of it lets it run on.
export class Child {
  constructor(key, h) {
    if (key !== H) throw wrongType('Child: runtime.launch makes them');
    this[H] = h;
  }
  pid() { return ops.child_pid(this[H]); }
  get() { return ops.child_poll(this[H]); }
  cancel() { ops.child_cancel(this[H]); }
  wait(options) { return endable(async (o) => await call(ops.child_wait(this[H]), o), options); }
  toString() { return `Child(${this.pid()})`; }
}

export const runtime = Object.freeze({
  version: () => ops.runtime_version(),
  instanceId: () => ops.runtime_instance_id(),
  username: () => ops.runtime_username(),
  models: () => ops.runtime_models(),
  program: () => ops.runtime_program(),
  stats: () => ops.runtime_stats(),
  launch: (program, input = {}, options) => new Child(H, ops.runtime_launch(program, text(input), given(options).tokenBudget)),
});

const buffer = (data) => {
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : Uint8Array.from(listed(data, 'data'));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
};
export const session = Object.freeze({
  send: (value) => { ops.session_send(text(value)); },
  sendAsync: async (value, options) => { await call(ops.session_send_async(text(value)), options); },
  receive: (options) => endable(async (o) => await call(ops.session_receive(), o), options),
  setReturn: (value) => { ops.session_set_return(text(value)); },
  sendFile: (data, options) => { ops.session_send_file(buffer(data), given(options).name); },
  sendFileAsync: async (data, options) => { await call(ops.session_send_file_async(buffer(data), given(options).name), options); },
  receiveFile: (options) => endable(async (o) => await call(ops.session_receive_file(), o), options),
});

// Carries texts between the processes of one user: a pushed one goes to one puller, a broadcast one to all subscriptions.
export class Subscription {
  constructor(key, h) {
    if (key !== H) throw wrongType('Subscription: messaging.subscribe makes them');
    this[H] = h;
  }
  next(options) { return endable(async (o) => await call(ops.sub_next(this[H]), o), options); }
  async *[Symbol.asyncIterator]() {
    for (let message = await this.next(); message !== undefined; message = await this.next()) yield message;
  }
  get dropped() { return ops.sub_dropped(this[H]); }
  unsubscribe() { ops.sub_close(this[H]); }
  close() { this.unsubscribe(); }
  [Symbol.dispose]() { this.unsubscribe(); }
  async [Symbol.asyncDispose]() { this.unsubscribe(); }
}
export const messaging = Object.freeze({
  push: (topic, message) => { ops.topic_push(topic, message); },
  pull: (topic, options) => endable(async (o) => await call(ops.topic_pull(topic), o), options),
  broadcast: (topic, message) => { ops.topic_broadcast(topic, message); },
  subscribe: (topic, options) => new Subscription(H, ops.topic_subscribe(topic, given(options).capacity ?? 1024)),
});

// Servers of the Model Context Protocol; results are raw JSON text, a tool's own failure is isError inside it.
export class McpSession {
  constructor(key, h) {
    if (key !== H) throw wrongType('McpSession: mcp.connect makes them');
    this[H] = h;
  }
  listTools() { return ops.mcp_request(this[H], 'list_tools'); }
  async listToolsAsync(options) { return await call(ops.mcp_request_async(this[H], 'list_tools'), options); }
  listResources() { return ops.mcp_request(this[H], 'list_resources'); }
  async listResourcesAsync(options) { return await call(ops.mcp_request_async(this[H], 'list_resources'), options); }
  listPrompts() { return ops.mcp_request(this[H], 'list_prompts'); }
  async listPromptsAsync(options) { return await call(ops.mcp_request_async(this[H], 'list_prompts'), options); }
  callTool(name, args = '{}') { return ops.mcp_request(this[H], 'call_tool', name, args); }
  async callToolAsync(name, args = '{}', options) { return await call(ops.mcp_request_async(this[H], 'call_tool', name, args), options); }
  readResource(uri) { return ops.mcp_request(this[H], 'read_resource', uri); }
  async readResourceAsync(uri, options) { return await call(ops.mcp_request_async(this[H], 'read_resource', uri), options); }
  getPrompt(name, args = '{}') { return ops.mcp_request(this[H], 'get_prompt', name, args); }
  async getPromptAsync(name, args = '{}', options) { return await call(ops.mcp_request_async(this[H], 'get_prompt', name, args), options); }
  close() { ops.mcp_close(this[H]); }
  [Symbol.dispose]() { this.close(); }
  async [Symbol.asyncDispose]() { this.close(); }
}
export const mcp = Object.freeze({
  availableServers: () => ops.mcp_servers(),
  availableServersAsync: async () => ops.mcp_servers(),
  connect: (name) => new McpSession(H, ops.mcp_connect(name)),
  connectAsync: async (name, options) => new McpSession(H, await call(ops.mcp_connect_async(name), options)),
});

const millis = (value, name) => {
  if (typeof value === 'number' && value === value) return value;
  throw wrongType(`${name} must be a number of milliseconds, got ${value === null ? 'null' : typeof value}`);
};
const late = (ms) => makeError('TIMEOUT', `timeout: not done within ${ms} ms`, '{}');
export const timers = Object.freeze({
  sleep: (ms, options) => endable(({ timeout, signal }) => new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const begun = [setTimeout(resolve, millis(ms, 'ms'))];
    const giveUp = (reason) => {
      begun.forEach(clearTimeout);
      reject(reason);
    };
    if (timeout !== undefined) begun.push(setTimeout(() => giveUp(late(timeout)), timeout));
    signal.addEventListener('abort', () => giveUp(signal.reason));
  }), options),
  timeout: (promise, ms) => new Promise((resolve, reject) => {
    const id = setTimeout(() => {
      const reason = late(ms);
      reject(reason);
      works.get(promise)?.abort(reason);
    }, millis(ms, 'ms'));
    Promise.resolve(promise).then(resolve, reject).finally(() => clearTimeout(id));
  }),
});

// --- what this server does not offer ----------------------------------------------------------
const absent = (name, why, ...statics) => {
  const cls = { [name]: class { constructor() { later(name, why)(); } } }[name];
  for (const s of statics) cls[s] = later(`${name}.${s}`, why);
  return cls;
};
const noMedia = 'no loaded model takes or makes media';
export const Image = absent('Image', noMedia, 'fromBytes');
export const Audio = absent('Audio', noMedia, 'fromBytes');
export const Video = absent('Video', noMedia, 'fromBytes');
export const Speech = absent('Speech', noMedia);
export const SpeechBuilder = absent('SpeechBuilder', noMedia);
// A WAV file of one channel, 16 bits a sample, of samples from -1 to 1.
export const writeWav = (pcm, rate) => ops.write_wav(ids(pcm), rate);
const snapshots = (text) => JSON.parse(text).map(({ created, expires, ...rest }) =>
  ({ ...rest, created: created * 1000, expires: expires === null ? undefined : expires * 1000 }));
const on = (model) => (model === undefined ? undefined : handle(model, Model, 'model'));
export const contexts = Object.freeze({
  list: (model, prefix = '') => snapshots(ops.contexts_list(on(model), prefix)),
  listAsync: async (model, prefix = '', options) => snapshots(await call(ops.contexts_list_async(on(model), prefix), options)),
  info: (model, name) => snapshots(ops.contexts_info(on(model), name))[0],
  infoAsync: async (model, name, options) => snapshots(await call(ops.contexts_info_async(on(model), name), options))[0],
});
export const scheduling = Object.freeze({
  balance: (model) => ops.sched_balance(handle(model, Model, 'model')),
  rent: (ctx) => ops.sched_rent(handle(ctx, Context, 'ctx')),
  dividend: (model) => ops.sched_dividend(handle(model, Model, 'model')),
  latency: (ctx) => ops.sched_latency(handle(ctx, Context, 'ctx')),
  price: () => ops.sched_price(),
  explain: () => JSON.parse(ops.sched_explain()),
  explainAsync: async (options) => JSON.parse(await call(ops.sched_explain_async(), options)),
});
export const filesystem = Object.freeze({ usage: () => ops.fs_usage() });
export const http = Object.freeze({
  fetch: globalThis.fetch,
  get: (url, options) => endable(async (o) => {
    const response = await globalThis.fetch(url, o);
    if (response.ok) return await response.bytes();
    await response.body?.cancel();
    throw makeError('UPSTREAM_FAILURE', `http.get: ${response.url} answers with status ${response.status}`,
      JSON.stringify({ peer: response.url, status: response.status }));
  }, options),
  // An answer of server-sent events: text, objects with event, data, id and retry, or any JSON value; each is sent at once.
  sse: (events, options) => {
    const { status, headers } = given(options);
    const response = new Response(framed(events), { status, headers });
    response.headers.set('content-type', 'text/event-stream; charset=utf-8');
    if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-cache');
    return response;
  },
});
const SSE_FIELDS = ['event', 'id', 'retry', 'data'];
async function* framed(events) {
  for await (const event of events) {
    const keys = typeof event === 'object' && event !== null && !Array.isArray(event) ? Object.keys(event) : [];
    const fields = keys.length && keys.every((k) => SSE_FIELDS.includes(k)) ? event : { data: event };
    const text = (value) => (typeof value === 'string' ? value : JSON.stringify(value));
    yield SSE_FIELDS.filter((k) => k in fields)
      .flatMap((k) => text(fields[k]).split('\n').map((line) => `${k}: ${line}`)).join('\n') + '\n\n';
  }
}

// --- files of the program in other languages ---------------------------------------------------
const REFERENCE = '$pie';
const bare = (cls) => (h) => { const made = Object.create(cls.prototype); made[H] = h; return made; };
const wraps = {
  Context: (h) => Context[H](h),
  Model: (h) => new Model(h),
  Tokenizer: (h) => new Tokenizer(h),
  Sampler: (h) => new Sampler(h),
  Stage: (h) => new Stage(h),
  Probe: bare(Probe),
  Grammar: (h) => new Grammar(h),
  Matcher: (h) => new Matcher(H, h),
  Schema: (h) => new HostSchema(h),
  Constraint: (h) => new GrammarConstraint(H, h),
  Adapter: (h) => new Adapter(h),
  Generator: (h) => new Generator(h, Context[H](ops.gen_context(h))),
  GenStep: (h) => new GenStep(h),
  Forward: (h) => new Forward(h),
  Output: (h) => new Output(h),
  SampleHandle: (h) => new SampleHandle(h),
  ProbeHandle: (h) => new ProbeHandle(h),
};
const dollars = (key) => /^\$+pie$/.test(key);
const unpassable = (what) => wrongType(`polyglot: ${what}`);
// Plain values go by value, objects of this module by reference: their handles are gathered.
function lowered(value, handles, depth = 0) {
  if (depth > 64) throw makeError('INVALID_ARGUMENT', 'polyglot: a value is nested more than 64 levels deep', '{}');
  switch (typeof value) {
    case 'function': throw unpassable('functions are not passed to other languages');
    case 'symbol': throw unpassable('symbols are not passed to other languages');
    case 'bigint':
      if (!Number.isSafeInteger(Number(value))) throw unpassable(`${value}n is too large to be passed to other languages`);
      return Number(value);
    case 'object': break;
    default: return value;
  }
  if (value === null || value instanceof Date) return value;
  if (value[H] !== undefined) return { [REFERENCE]: handles.push(value[H]) - 1 };
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value);
  if (Array.isArray(value) || value instanceof Set) return Array.from(value, (item) => lowered(item, handles, depth + 1));
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([k, v]) => [dollars(String(k)) ? `$${k}` : k, lowered(v, handles, depth + 1)]));
}
function lifted(value, handles) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => lifted(item, handles));
  const at = value[REFERENCE];
  if (typeof at === 'number') return wraps[ops.object_kind(handles[at])](handles[at]);
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [dollars(k) ? k.slice(1) : k, lifted(v, handles)]));
}
facade.lower = (value, handles) => JSON.stringify(lowered(value, handles) ?? null);
facade.lift = (json, handles) => lifted(JSON.parse(json), handles);
export const polyglot = Object.freeze({
  // Load a file of the program, once; its functions are called with plain values and objects of this module, and run to their end.
  load(file) {
    const module = ops.module_load(file);
    const f = (name) => Object.defineProperty((...args) => {
      const handles = [];
      const [json, ...back] = ops.module_call(module, name, facade.lower(args, handles), ...handles);
      return facade.lift(json, back);
    }, 'name', { value: name });
    return Object.freeze(Object.fromEntries(ops.module_functions(module).map((name) => [name, f(name)])));
  },
});

// Names of types, so that stripped code may import them as values.
export const [Voice, Brle, GenerateOptions, ProbeKind, Schema, Constraint, Speculator] = Array(7).fill(undefined);
