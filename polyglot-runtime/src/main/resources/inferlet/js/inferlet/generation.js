import { H, snake, ids, wrongType, given, bias, kindOf, handle, endable, ops, call, makeError } from './base.js';
import { Mask } from './mask.js';
import { Sampler } from './sampler.js';
import { Probe } from './probe.js';
import { through } from './adapter.js';
import { ProbeHandle, Output } from './forward.js';
import { constraints } from './grammar.js';

const OPTIONS = ['maxTokens', 'stop', 'extraStop', 'constrain', 'logitMask', 'speculator', 'systemSpeculation', 'adapter',
  'zoSeed', 'horizon', 'rebidEachStep', 'autoFlush', 'seed', 'runAhead'];

export function flat(options) {
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

export function drafter(given) {
  if (typeof given?.draft === 'function') return ops.callback(given);
  throw wrongType(`speculator must have a method draft(), got ${kindOf(given)}`);
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
