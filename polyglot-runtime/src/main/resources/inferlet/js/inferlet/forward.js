import { H, ids, given, listed, handle, later, ops, call } from './base.js';
import { Sampler } from './sampler.js';
import { Probe } from './probe.js';
import { through } from './adapter.js';

// Marks the tokens of an output that ends its generation.
export const ENDS = Symbol('ends');

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
