import { define, ops } from './base.js';
import { reportStray } from './outcome.js';

const timers = new Map();
let lastTimer = 0;
function timer(f, delay, args, repeat) {
  if (typeof f !== 'function') throw new TypeError('the callback of a timer must be a function');
  const id = ++lastTimer;
  const wait = Math.max(0, Number(delay) || 0);
  timers.set(id, { f, args, wait, repeat });
  ops.timer_start(id, wait);
  return id;
}
export function fire(id) {
  const t = timers.get(id);
  if (t === undefined) return;
  if (t.repeat) ops.timer_start(id, Math.max(1, t.wait));
  else timers.delete(id);
  try {
    t.f(...t.args);
  } catch (e) {
    reportStray(e);
  }
}
function clear(id) {
  if (timers.delete(Number(id))) ops.timer_stop(Number(id));
}

define('setTimeout', function setTimeout(f, delay, ...args) { return timer(f, delay, args, false); });
define('setInterval', function setInterval(f, delay, ...args) { return timer(f, delay, args, true); });
define('setImmediate', function setImmediate(f, ...args) { return timer(f, 0, args, false); });
define('clearTimeout', clear);
define('clearInterval', clear);
define('clearImmediate', clear);
define('queueMicrotask', function queueMicrotask(f) { Promise.resolve().then(f); });
