import { define, ops } from './base.js';

// A recorded run asks the host for the time, so that its replay is told the same.
export function useHostClock() {
  const Plain = Date;
  const now = () => Math.floor(ops.clock());
  function HostDate(...args) {
    if (new.target === undefined) return new Plain(now()).toString();
    return Reflect.construct(Plain, args.length === 0 ? [now()] : args, new.target);
  }
  HostDate.prototype = Plain.prototype;
  HostDate.prototype.constructor = HostDate;
  Object.defineProperty(HostDate, 'length', { value: 7 });
  Object.defineProperty(HostDate, 'name', { value: 'Date' });
  HostDate.now = now;
  HostDate.UTC = Plain.UTC;
  HostDate.parse = Plain.parse;
  define('Date', HostDate);
  const began = ops.nanos();
  define('performance', { now: () => (ops.nanos() - began) / 1e6, timeOrigin: ops.clock() });
}
