import { wrongType, works, endable, makeError } from './base.js';

const millis = (value, name) => {
  if (typeof value === 'number' && value === value) return value;
  throw wrongType(`${name} must be a number of milliseconds, got ${value === null ? 'null' : typeof value}`);
};
const late = (ms) => makeError('TIMEOUT', `timeout: not done within ${ms} ms`, '{}');
export const timers = Object.freeze({
  sleep: (ms, options) => endable(({ timeout, signal }) => new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const begun = [setTimeout(resolve, millis(ms, 'ms'))];
    const giveUp = (reason) => {
      begun.forEach(clearTimeout);
      reject(reason);
    };
    if (timeout !== undefined) begun.push(setTimeout(() => giveUp(late(timeout)), timeout));
    signal.addEventListener('abort', () => giveUp(signal.reason));
  }), options),
  timeout: (promise, ms) => new Promise((resolve, reject) => {
    const id = setTimeout(() => {
      const reason = late(ms);
      reject(reason);
      works.get(promise)?.abort(reason);
    }, millis(ms, 'ms'));
    Promise.resolve(promise).then(resolve, reject).finally(() => clearTimeout(id));
  }),
});
