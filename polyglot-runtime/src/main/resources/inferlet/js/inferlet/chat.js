import { H, given, listed, handle, ops } from './base.js';
import { Model } from './model.js';
import { fed } from './decoding.js';
import { described } from './tools.js';

const Event = Object.freeze({
  Idle: () => ({ type: 'idle' }),
  Delta: (text) => ({ type: 'delta', text }),
  Done: (text) => ({ type: 'done', text }),
  Interrupt: (token) => ({ type: 'interrupt', token }),
});
const event = ([kind, value]) => Event[kind[0].toUpperCase() + kind.slice(1)](value);

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
