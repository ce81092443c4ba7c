import { show } from './console.js';
import { PieError } from './errors.js';

export function valueOf(text) {
  if (text.trim() === '') return {};
  let value;
  try { value = JSON.parse(text); } catch { return { input: text }; }
  return Array.isArray(value) && value.length === 0 ? {} : value;
}
export function resultOf(value) {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  return JSON.stringify(value, (k, v) =>
    typeof v === 'bigint' ? v.toString() : ArrayBuffer.isView(v) && !(v instanceof DataView) ? Array.from(v) : v) ?? '';
}
// Tell `done` of an error: what it says, of which type, where, and the code and details of one of ours.
export function report(error, done) {
  const own = error instanceof PieError;
  const message = error instanceof Error ? error.message : typeof error === 'string' ? error : show(error);
  const type = error instanceof Error ? error.name : typeof error;
  const stack = error instanceof Error ? String(error.stack ?? error) : String(message);
  done(false, message, type, stack, own ? error.code : '', own ? JSON.stringify(error.details) : '{}');
}

// Who hears of an error outside of any call, such as in a timer.
let listener;
export function listen(done) { listener = done; }
export function reportStray(error) { report(error, listener); }
