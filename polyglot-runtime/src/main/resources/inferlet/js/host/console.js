import { define, ops } from './base.js';

// A value as console.log shows it.
export function show(value, depth = 0, seen = []) {
  switch (typeof value) {
    case 'string': return depth === 0 ? value : JSON.stringify(value);
    case 'bigint': return `${value}n`;
    case 'symbol': return value.toString();
    case 'function': return value.prototype && /^class\b/.test(Function.prototype.toString.call(value))
      ? `[class ${value.name}]` : `[Function: ${value.name || '(anonymous)'}]`;
    case 'object': break;
    default: return String(value);
  }
  if (value === null) return 'null';
  if (value instanceof Error) return value.stack ?? String(value);
  if (seen.includes(value)) return '[Circular]';
  if (depth > 3) return Array.isArray(value) ? '[Array]' : '[Object]';
  const inside = [...seen, value];
  const name = value.constructor?.name;
  if (Array.isArray(value) || ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const items = Array.from(value).slice(0, 100).map((v) => show(v, depth + 1, inside));
    if (value.length > 100) items.push(`… ${value.length - 100} more items`);
    const body = items.length ? `[ ${items.join(', ')} ]` : '[]';
    return Array.isArray(value) ? body : `${name}(${value.length}) ${body}`;
  }
  if (value instanceof Map) {
    return `Map(${value.size}) { ${[...value].map(([k, v]) => `${show(k, depth + 1, inside)} => ${show(v, depth + 1, inside)}`).join(', ')} }`;
  }
  if (value instanceof Set) return `Set(${value.size}) { ${[...value].map((v) => show(v, depth + 1, inside)).join(', ')} }`;
  if (value instanceof Date || value instanceof RegExp) return String(value);
  const fields = Object.keys(value).map((k) => `${/^[\w$]+$/.test(k) ? k : JSON.stringify(k)}: ${show(value[k], depth + 1, inside)}`);
  const prefix = name && name !== 'Object' ? `${name} ` : '';
  return fields.length ? `${prefix}{ ${fields.join(', ')} }` : `${prefix}{}`;
}
function format(args) {
  if (typeof args[0] !== 'string' || !args[0].includes('%')) return args.map((a) => show(a)).join(' ');
  const rest = args.slice(1);
  const text = args[0].replace(/%([sdifjoO%])/g, (all, kind) => {
    if (kind === '%') return '%';
    if (!rest.length) return all;
    const value = rest.shift();
    switch (kind) {
      case 's': return typeof value === 'string' ? value : show(value, 1);
      case 'd': return String(Number(value));
      case 'i': return String(parseInt(value, 10));
      case 'f': return String(parseFloat(value));
      case 'j': return JSON.stringify(value);
      default: return show(value, 1);
    }
  });
  return [text, ...rest.map((a) => show(a))].join(' ');
}

let indent = '';
const write = (to) => (...args) => to((indent + format(args)).replaceAll('\n', '\n' + indent) + '\n');
const [out, err] = [(text) => { ops.stdout(text); }, (text) => { ops.stderr(text); }];
const counts = new Map();
const started = new Map();
define('console', {
  log: write(out), info: write(out), debug: write(out), warn: write(err), error: write(err), trace: write(err), dir: write(out),
  table: write(out),
  assert(ok, ...args) { if (!ok) write(err)('Assertion failed:', ...args); },
  group(...args) { if (args.length) write(out)(...args); indent += '  '; },
  groupEnd() { indent = indent.slice(2); },
  count(label = 'default') { counts.set(label, (counts.get(label) ?? 0) + 1); write(out)(`${label}: ${counts.get(label)}`); },
  time(label = 'default') { started.set(label, performance.now()); },
  timeEnd(label = 'default') { write(out)(`${label}: ${(performance.now() - started.get(label)).toFixed(3)}ms`); },
});
console.groupCollapsed = console.group;
define('process', { env: {}, argv: [], stdout: { write: out }, stderr: { write: err }, platform: 'pie', nextTick: (f, ...args) => queueMicrotask(() => f(...args)) });
const origin = ops.nanos();
define('performance', { now: () => (ops.nanos() - origin) / 1e6, timeOrigin: Date.now() });
