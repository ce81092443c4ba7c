// Prepares a fresh context for one program; what it exports is called by the host.
import './globals.js';
import { scope } from './scope.js';
import * as pie from '../inferlet.js';

export { ids, floats, bytes, list, record, absent } from './kit.js';
export { raise } from './errors.js';
export { deliver } from './operations.js';
export { fire } from './timers.js';
export { run, open, invoke } from './program.js';
export { serve } from './serve.js';

globalThis.pie = pie;
Object.defineProperty(globalThis, Symbol.for('pie.host'), { value: Object.freeze({ scope }), configurable: true });
