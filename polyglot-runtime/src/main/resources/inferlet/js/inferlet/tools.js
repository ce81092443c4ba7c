import { H, ids, wrongType, given, listed, handle, text, ops, call } from './base.js';
import { Model } from './model.js';
import { Grammar, Matcher } from './grammar.js';
import { fed } from './decoding.js';

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
export const described = (list) => listed(list, 'tools').map((t) =>
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
