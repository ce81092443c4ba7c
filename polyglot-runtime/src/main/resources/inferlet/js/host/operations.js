import { ops } from './base.js';
import { makeError } from './errors.js';
import { AbortSignal } from './events.js';

const waiting = new Map();
// Refuse options of a call that waits which are none.
export function checkWaiting(options) {
  const refuse = (what, value) => {
    throw makeError('INVALID_ARGUMENT', `${what}, got ${value === null ? 'null' : typeof value}`, '{"wrong_type":true}');
  };
  if (options === undefined) return;
  if (options === null || typeof options !== 'object') refuse('options must be an object', options);
  const { timeout, signal } = options;
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout === timeout)) {
    refuse('timeout must be a number of milliseconds', timeout);
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) refuse('signal must be an AbortSignal', signal);
}
// Join an operation of the host with a promise; an AbortSignal cancels it, a timeout fails it with TIMEOUT.
export function call(op, options) {
  return new Promise((resolve, reject) => {
    try {
      checkWaiting(options);
    } catch (e) {
      ops.op_cancel(op);
      throw e;
    }
    let timer;
    const end = () => {
      if (timer !== undefined) clearTimeout(timer);
      options?.signal?.removeEventListener('abort', abort);
    };
    const giveUp = (reason) => {
      if (!waiting.delete(op)) return;
      ops.op_cancel(op);
      end();
      reject(reason);
    };
    const abort = () => giveUp(options.signal.reason);
    waiting.set(op, [
      (value) => { end(); resolve(value); },
      (error) => { end(); reject(error); },
    ]);
    if (options?.signal) {
      if (options.signal.aborted) return abort();
      options.signal.addEventListener('abort', abort);
    }
    if (options?.timeout !== undefined) {
      timer = setTimeout(() => giveUp(makeError('TIMEOUT', `not done within ${options.timeout} ms`, '{}')), options.timeout);
    }
  });
}
export function deliver(op) {
  const pair = waiting.get(op);
  if (pair === undefined) {
    ops.op_cancel(op);
    return;
  }
  waiting.delete(op);
  let value;
  try {
    value = ops.op_result(op);
  } catch (e) {
    pair[1](e);
    return;
  }
  pair[0](value);
}
