import { DOMException } from './events.js';

export function structuredClone(value, seen = new Map()) {
  if (typeof value === 'function' || typeof value === 'symbol') throw new DOMException(`${String(value)} could not be cloned`, 'DataCloneError');
  if (typeof value !== 'object' || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  const keep = (copy) => { seen.set(value, copy); return copy; };
  if (value instanceof Date) return keep(new Date(value));
  if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
  if (value instanceof ArrayBuffer) return keep(value.slice(0));
  if (ArrayBuffer.isView(value)) return keep(value instanceof DataView ? new DataView(value.buffer.slice(0)) : value.slice());
  if (value instanceof Map) { const m = keep(new Map()); value.forEach((v, k) => m.set(structuredClone(k, seen), structuredClone(v, seen))); return m; }
  if (value instanceof Set) { const s = keep(new Set()); value.forEach((v) => s.add(structuredClone(v, seen))); return s; }
  if (value instanceof Error) { const e = keep(new Error(value.message)); e.name = value.name; e.stack = value.stack; return e; }
  const copy = keep(Array.isArray(value) ? [] : {});
  for (const k of Object.keys(value)) copy[k] = structuredClone(value[k], seen);
  return copy;
}
