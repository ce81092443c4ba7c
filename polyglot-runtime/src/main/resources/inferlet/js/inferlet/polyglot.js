import { H, wrongType, ops, makeError, facade } from './base.js';
import { Stage, Sampler } from './sampler.js';
import { Probe } from './probe.js';
import { Tokenizer, Model } from './model.js';
import { Adapter } from './adapter.js';
import { SampleHandle, ProbeHandle, Output, Forward } from './forward.js';
import { Grammar, Matcher, GrammarConstraint, HostSchema } from './grammar.js';
import { GenStep, Generator } from './generation.js';
import { Context } from './context.js';

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
