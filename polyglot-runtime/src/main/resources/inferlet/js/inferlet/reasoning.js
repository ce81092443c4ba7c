import { H, handle, ops } from './base.js';
import { Model } from './model.js';
import { fed } from './decoding.js';

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
