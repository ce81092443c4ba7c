// The host's functions by name, and how a global of programs is made.
export const { ops } = globalThis[Symbol.for('pie.host')];
export const define = (name, value) =>
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
