// What the modules of the facade have in common: the host's functions, and how values of a program reach them.
import { ops } from '../host/base.js';
import { errors, makeError } from '../host/errors.js';
import { facade } from '../host/facade.js';
import { call, checkWaiting } from '../host/operations.js';

export { ops, call, errors, makeError, facade };

// The key of the host's object behind an object of this library.
export const H = Symbol('handle');
export const snake = (name) => name.replace(/[A-Z]/g, (c) => '_' + c.toLowerCase());
export const ids = (values) => {
  const iterable = typeof values?.[Symbol.iterator] === 'function';
  return !iterable || Array.isArray(values) || ArrayBuffer.isView(values) ? values : Array.from(values);
};
export const wrongType = (message) => makeError('INVALID_ARGUMENT', message, '{"wrong_type":true}');
// The options that a program gave, none if it gave nothing.
export const given = (options, name = 'options') => {
  if (options === undefined) return {};
  if (options !== null && typeof options === 'object') return options;
  throw wrongType(`${name} must be an object, got ${options === null ? 'null' : typeof options}`);
};
// What a program gave as a list, as an array.
export const listed = (values, name) => {
  if (Array.isArray(values)) return values;
  if (typeof values !== 'string' && typeof values?.[Symbol.iterator] === 'function') return Array.from(values);
  throw wrongType(`${name} must be a list, got ${values === null ? 'null' : typeof values}`);
};
export const bias = (map) => (map instanceof Map ? Object.fromEntries(map) : map);

export const kindOf = (value) =>
  (value === null ? 'null' : typeof value === 'object' ? value.constructor?.name ?? 'object' : typeof value);
export function handle(value, cls, name) {
  if (value instanceof cls) return value[H];
  throw wrongType(`${name} must be a ${cls.name}, got ${kindOf(value)}`);
}
// A value of a program as text: a string as it is, else as JSON.
export const text = (value) => {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value, (k, v) => (typeof v === 'bigint' ? v.toString() : v)) ?? 'null';
  } catch (e) {
    if (!(e instanceof TypeError)) throw e;
    throw makeError('INVALID_ARGUMENT', `the value cannot be written as JSON: ${e.message}`, '{}');
  }
};
// What is missing throws when it is used.
export const later = (what, why) => () => { throw makeError('UNSUPPORTED', `${what}: ${why}`, '{}'); };
// What ends the work behind a promise of this module: `timers.timeout` gives up by it.
export const works = new WeakMap();
export function endable(begin, options) {
  const end = new AbortController();
  const promise = (async () => {
    checkWaiting(options);
    const signal = options?.signal === undefined ? end.signal : AbortSignal.any([options.signal, end.signal]);
    return await begin({ ...options, signal });
  })();
  works.set(promise, end);
  return promise;
}
