import { ids, listed, ops } from './base.js';

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
