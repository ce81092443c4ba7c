// Prepares a fresh context: what programs expect of a JavaScript host, and the driver of the program. Evaluates to
// (ops) => ({ deliver, fire, run, serve, … }); `ops` are the host's functions by name.
(function prepare(ops) {
  'use strict';
  const global = globalThis;
  const define = (name, value) =>
    Object.defineProperty(global, name, { value, writable: true, configurable: true, enumerable: false });

  for (const name of ['dispose', 'asyncDispose']) {
    if (Symbol[name] === undefined) Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) });
  }

  // --- operations of the host -----------------------------------------------------------------
  const waiting = new Map();
  // Refuse options of a call that waits which are none.
  function checkWaiting(options) {
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
  function call(op, options) {
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
  function deliver(op) {
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

  // --- errors ---------------------------------------------------------------------------------
  class PieError extends Error {
    constructor(message, { code, details } = {}) {
      super(message);
      this.code = code ?? new.target.code ?? 'INTERNAL';
      this.details = details ?? {};
    }
    get name() { return this.constructor.name; }
  }
  const codes = {
    INVALID_ARGUMENT: 'InvalidArgumentError', CONTEXT_LENGTH_EXCEEDED: 'ContextLengthError',
    OUT_OF_PAGES: 'OutOfPagesError', PERMISSION_DENIED: 'PermissionDeniedError', NOT_FOUND: 'NotFoundError',
    ALREADY_EXISTS: 'AlreadyExistsError', UNSUPPORTED: 'UnsupportedError', GRAMMAR_VIOLATION: 'GrammarViolationError',
    GUEST_ERROR: 'GuestError', LIMIT_EXCEEDED: 'LimitExceededError', CANCELLED: 'CancelledError',
    BUDGET_EXHAUSTED: 'BudgetExhaustedError', TIMEOUT: 'PieTimeoutError', STORAGE_FULL: 'StorageFullError',
    UPSTREAM_FAILURE: 'UpstreamError', DRIVER_FAILURE: 'DriverFailureError', INTERNAL: 'InternalError',
  };
  const errors = { PieError };
  const byCode = {};
  for (const [code, name] of Object.entries(codes)) {
    const cls = { [name]: class extends PieError {} }[name];
    cls.code = code;
    errors[name] = byCode[code] = cls;
  }
  errors.InvalidTypeError = class InvalidTypeError extends errors.InvalidArgumentError {};
  errors.InvalidTypeError.code = 'INVALID_ARGUMENT';
  errors.DeviceLostError = byCode.DEVICE_LOST = class DeviceLostError extends errors.DriverFailureError {};
  errors.DeviceLostError.code = 'DEVICE_LOST';
  function makeError(code, message, detailsText) {
    const { wrong_type: wrongType, ...details } = JSON.parse(detailsText);
    const cls = wrongType ? errors.InvalidTypeError : (byCode[code] ?? PieError);
    return new cls(message, { code, details });
  }
  function raise(code, message, details) {
    throw makeError(code, message, details);
  }

  // --- timers ---------------------------------------------------------------------------------
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
  function fire(id) {
    const t = timers.get(id);
    if (t === undefined) return;
    if (t.repeat) ops.timer_start(id, Math.max(1, t.wait));
    else timers.delete(id);
    try {
      t.f(...t.args);
    } catch (e) {
      report(e, ended);
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

  // --- console, process, clocks ---------------------------------------------------------------
  function show(value, depth = 0, seen = []) {
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

  // --- text, events, abort --------------------------------------------------------------------
  class TextEncoder {
    get encoding() { return 'utf-8'; }
    encode(text = '') { return ops.utf8_encode(String(text)); }
  }
  class TextDecoder {
    #rest = new Uint8Array(0);
    constructor(label = 'utf-8', { fatal = false, ignoreBOM = false } = {}) {
      if (!/^(utf-?8|unicode-1-1-utf-8)$/i.test(label)) throw new RangeError(`TextDecoder: the encoding '${label}' is not supported, use utf-8`);
      this.fatal = fatal;
      this.ignoreBOM = ignoreBOM;
    }
    get encoding() { return 'utf-8'; }
    decode(data = new Uint8Array(0), { stream = false } = {}) {
      const bytes = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
      const all = new Uint8Array(this.#rest.length + bytes.length);
      all.set(this.#rest);
      all.set(bytes, this.#rest.length);
      const complete = stream ? ops.utf8_complete(all.buffer) : all.length;
      this.#rest = all.slice(complete);
      const text = ops.utf8_decode(all.buffer.slice(0, complete));
      if (this.fatal && text.includes('\ufffd')) throw new TypeError('TextDecoder: the bytes are not UTF-8');
      return !this.ignoreBOM && text.startsWith('\ufeff') ? text.slice(1) : text;
    }
  }
  class Event {
    constructor(type, init = {}) { this.type = type; this.cancelable = init.cancelable ?? false; this.defaultPrevented = false; this.target = null; }
    preventDefault() { if (this.cancelable) this.defaultPrevented = true; }
  }
  class EventTarget {
    #listeners = new Map();
    addEventListener(type, f, options) {
      const list = this.#listeners.get(type) ?? [];
      if (f && !list.some((l) => l.f === f)) list.push({ f, once: typeof options === 'object' && options?.once });
      this.#listeners.set(type, list);
    }
    removeEventListener(type, f) {
      this.#listeners.set(type, (this.#listeners.get(type) ?? []).filter((l) => l.f !== f));
    }
    dispatchEvent(event) {
      event.target = this;
      for (const l of [...(this.#listeners.get(event.type) ?? [])]) {
        if (l.once) this.removeEventListener(event.type, l.f);
        typeof l.f === 'function' ? l.f.call(this, event) : l.f.handleEvent(event);
      }
      return !event.defaultPrevented;
    }
  }
  class DOMException extends Error {
    constructor(message = '', name = 'Error') { super(message); Object.defineProperty(this, 'name', { value: name }); }
  }
  class AbortSignal extends EventTarget {
    aborted = false;
    reason = undefined;
    onabort = null;
    throwIfAborted() { if (this.aborted) throw this.reason; }
    static abort(reason) { const c = new AbortController(); c.abort(reason); return c.signal; }
    static timeout(ms) {
      const c = new AbortController();
      setTimeout(() => c.abort(new DOMException('The operation timed out', 'TimeoutError')), ms);
      return c.signal;
    }
    static any(signals) {
      const c = new AbortController();
      for (const s of signals) {
        if (s.aborted) c.abort(s.reason);
        else s.addEventListener('abort', () => c.abort(s.reason));
      }
      return c.signal;
    }
  }
  class AbortController {
    signal = new AbortSignal();
    abort(reason = new DOMException('This operation was aborted', 'AbortError')) {
      const s = this.signal;
      if (s.aborted) return;
      s.aborted = true;
      s.reason = reason;
      s.onabort?.(new Event('abort'));
      s.dispatchEvent(new Event('abort'));
    }
  }
  function structuredClone(value, seen = new Map()) {
    if (typeof value === 'function' || typeof value === 'symbol') throw new DOMException(`${String(value)} could not be cloned`, 'DataCloneError');
    if (typeof value !== 'object' || value === null) return value;
    if (seen.has(value)) return seen.get(value);
    const keep = (copy) => { seen.set(value, copy); return copy; };
    if (value instanceof Date) return keep(new Date(value));
    if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
    if (value instanceof ArrayBuffer) return keep(value.slice(0));
    if (ArrayBuffer.isView(value)) return keep(value instanceof DataView ? new DataView(value.buffer.slice(0)) : value.slice());
    if (value instanceof Map) { const m = keep(new Map()); value.forEach((v, k) => m.set(structuredClone(k, seen), structuredClone(v, seen))); return m; }
    if (value instanceof Set) { const s = keep(new Set()); value.forEach((v) => s.add(structuredClone(v, seen))); return s; }
    if (value instanceof Error) { const e = keep(new Error(value.message)); e.name = value.name; e.stack = value.stack; return e; }
    const copy = keep(Array.isArray(value) ? [] : {});
    for (const k of Object.keys(value)) copy[k] = structuredClone(value[k], seen);
    return copy;
  }
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  function btoa(text) {
    let res = '';
    const s = String(text);
    for (let i = 0; i < s.length; i += 3) {
      const c = [s.charCodeAt(i), s.charCodeAt(i + 1), s.charCodeAt(i + 2)];
      if (c.some((x) => x > 255)) throw new DOMException('btoa: a character is above U+00FF', 'InvalidCharacterError');
      const n = (c[0] << 16) | ((c[1] || 0) << 8) | (c[2] || 0);
      res += alphabet[n >> 18] + alphabet[(n >> 12) & 63] + (i + 1 < s.length ? alphabet[(n >> 6) & 63] : '=') + (i + 2 < s.length ? alphabet[n & 63] : '=');
    }
    return res;
  }
  function atob(text) {
    const s = String(text).replace(/[\t\n\f\r ]/g, '').replace(/={1,2}$/, '');
    if (/[^A-Za-z0-9+/]/.test(s) || s.length % 4 === 1) throw new DOMException('atob: the text is not base64', 'InvalidCharacterError');
    let res = '';
    let bits = 0;
    let n = 0;
    for (const c of s) {
      n = ((n << 6) | alphabet.indexOf(c)) & 0xffffff;
      bits += 6;
      if (bits >= 8) { bits -= 8; res += String.fromCharCode((n >> bits) & 255); }
    }
    return res;
  }
  class URLSearchParams {
    #pairs = [];
    constructor(init = '') {
      if (typeof init === 'string') {
        for (const part of init.replace(/^\?/, '').split('&').filter(Boolean)) {
          const [k, ...v] = part.split('=');
          const plain = (t) => decodeURIComponent(t.replaceAll('+', ' '));
          this.#pairs.push([plain(k), plain(v.join('='))]);
        }
      } else {
        for (const [k, v] of typeof init[Symbol.iterator] === 'function' ? init : Object.entries(init)) this.#pairs.push([String(k), String(v)]);
      }
    }
    append(k, v) { this.#pairs.push([String(k), String(v)]); }
    delete(k) { this.#pairs = this.#pairs.filter((p) => p[0] !== k); }
    get(k) { return this.#pairs.find((p) => p[0] === k)?.[1] ?? null; }
    getAll(k) { return this.#pairs.filter((p) => p[0] === k).map((p) => p[1]); }
    has(k) { return this.#pairs.some((p) => p[0] === k); }
    set(k, v) { const i = this.#pairs.findIndex((p) => p[0] === k); this.#pairs = this.#pairs.filter((p, j) => p[0] !== k || j === i); i < 0 ? this.append(k, v) : (this.#pairs[this.#pairs.findIndex((p) => p[0] === k)][1] = String(v)); }
    sort() { this.#pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0)); }
    forEach(f) { for (const [k, v] of this) f(v, k, this); }
    keys() { return this.#pairs.map((p) => p[0]).values(); }
    values() { return this.#pairs.map((p) => p[1]).values(); }
    entries() { return this.#pairs.map((p) => [...p]).values(); }
    [Symbol.iterator]() { return this.entries(); }
    get size() { return this.#pairs.length; }
    toString() { const code = (t) => encodeURIComponent(t).replaceAll('%20', '+'); return this.#pairs.map(([k, v]) => `${code(k)}=${code(v)}`).join('&'); }
  }
  class URL {
    constructor(text, base) {
      let m = /^([A-Za-z][\w+.-]*:)(?:\/\/(?:([^/?#@:]*)(?::([^/?#@]*))?@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d*))?)?([^?#]*)(\?[^#]*)?(#.*)?$/.exec(String(text).trim());
      if (!m) {
        if (base === undefined) throw new TypeError(`Invalid URL: ${text}`);
        const b = new URL(base);
        const t = String(text).trim();
        const path = t.startsWith('/') || t.startsWith('?') || t.startsWith('#') ? '' : b.pathname.replace(/[^/]*$/, '');
        const whole = t.startsWith('//') ? b.protocol + t : t.startsWith('?') ? b.origin + b.pathname + t : t.startsWith('#') ? b.origin + b.pathname + b.search + t : b.origin + path + t;
        return new URL(whole);
      }
      const [, protocol, username = '', password = '', hostname = '', port = '', path, search = '', hash = ''] = m;
      Object.assign(this, { protocol: protocol.toLowerCase(), username, password, hostname: hostname.toLowerCase(), hash: hash === '#' ? '' : hash });
      this.port = { 'http:': '80', 'https:': '443' }[this.protocol] === port ? '' : port;
      const parts = [];
      for (const part of path.split('/').slice(1)) {
        if (part === '..') parts.pop();
        else if (part !== '.') parts.push(part);
      }
      if (/\/\.{1,2}$/.test(path)) parts.push('');
      this.pathname = hostname ? '/' + parts.join('/') : path;
      this.searchParams = new URLSearchParams(search);
      this.plainSearch = search === '?' ? '' : search;
      Object.defineProperty(this, 'plainSearch', { enumerable: false });
    }
    get host() { return this.hostname + (this.port ? ':' + this.port : ''); }
    get origin() { return this.hostname ? `${this.protocol}//${this.host}` : 'null'; }
    get search() { const now = this.searchParams.toString(); return new URLSearchParams(this.plainSearch).toString() === now ? this.plainSearch : now && '?' + now; }
    set search(text) { this.plainSearch = text && (text.startsWith('?') ? text : '?' + text); this.searchParams = new URLSearchParams(text); }
    get href() { const user = this.username ? this.username + (this.password ? ':' + this.password : '') + '@' : ''; return this.protocol + (this.hostname ? '//' + user + this.host : '') + this.pathname + this.search + this.hash; }
    toString() { return this.href; }
    toJSON() { return this.href; }
    static canParse(text, base) { try { return Boolean(new URL(text, base)); } catch { return false; } }
  }
  class Headers {
    #map = new Map();
    constructor(init = {}) { for (const [k, v] of typeof init[Symbol.iterator] === 'function' ? init : Object.entries(init)) this.append(k, v); }
    append(k, v) { const key = k.toLowerCase(); this.#map.set(key, this.#map.has(key) ? `${this.#map.get(key)}, ${v}` : String(v)); }
    set(k, v) { this.#map.set(k.toLowerCase(), String(v)); }
    get(k) { return this.#map.get(k.toLowerCase()) ?? null; }
    has(k) { return this.#map.has(k.toLowerCase()); }
    delete(k) { this.#map.delete(k.toLowerCase()); }
    forEach(f) { this.#map.forEach((v, k) => f(v, k, this)); }
    entries() { return this.#map.entries(); }
    keys() { return this.#map.keys(); }
    values() { return this.#map.values(); }
    [Symbol.iterator]() { return this.#map.entries(); }
  }
  const bytesOf = (data) => {
    if (typeof data === 'string') return ops.utf8_encode(data);
    if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (data instanceof ArrayBuffer) return new Uint8Array(data);
    if (data instanceof URLSearchParams) return ops.utf8_encode(data.toString());
    throw new TypeError(`a body must be text, bytes, URLSearchParams or a stream, not ${show(data)}`);
  };
  function joined(chunks) {
    const all = new Uint8Array(chunks.reduce((n, c) => n + c.length, 0));
    let at = 0;
    for (const c of chunks) { all.set(c, at); at += c.length; }
    return all;
  }
  // The reading side of the Streams standard, without backpressure of its own: `pull` is called when a chunk is wanted.
  class ReadableStream {
    #source; #chunks = []; #waiting = []; #state = 'open'; #error; #pulling = false; #controller;
    locked = false;
    constructor(source = {}) {
      this.#source = source;
      this.#controller = {
        enqueue: (chunk) => { this.#waiting.length ? this.#waiting.shift().resolve({ value: chunk, done: false }) : this.#chunks.push(chunk); },
        close: () => { if (this.#state === 'open') this.#state = 'closed'; this.#settle(); },
        error: (e) => { this.#state = 'failed'; this.#error = e; this.#settle(); },
        desiredSize: 1,
      };
      Promise.resolve(source.start?.(this.#controller)).catch((e) => this.#controller.error(e));
    }
    static from(chunks) {
      const it = chunks[Symbol.asyncIterator]?.() ?? chunks[Symbol.iterator]();
      return new ReadableStream({
        async pull(c) { const { value, done } = await it.next(); done ? c.close() : c.enqueue(value); },
        async cancel() { await it.return?.(); },
      });
    }
    #settle() {
      for (const w of this.#waiting.splice(0)) this.#state === 'failed' ? w.reject(this.#error) : w.resolve({ value: undefined, done: true });
    }
    async #pull() {
      if (this.#pulling || this.#source.pull === undefined) return;
      this.#pulling = true;
      try {
        while (this.#waiting.length && this.#state === 'open') await this.#source.pull(this.#controller);
      } catch (e) {
        this.#controller.error(e);
      } finally {
        this.#pulling = false;
      }
    }
    #read() {
      if (this.#chunks.length) return Promise.resolve({ value: this.#chunks.shift(), done: false });
      if (this.#state === 'failed') return Promise.reject(this.#error);
      if (this.#state === 'closed') return Promise.resolve({ value: undefined, done: true });
      return new Promise((resolve, reject) => { this.#waiting.push({ resolve, reject }); this.#pull(); });
    }
    getReader() {
      if (this.locked) throw new TypeError('ReadableStream: it is read by someone already');
      this.locked = true;
      return { read: () => this.#read(), releaseLock: () => { this.locked = false; }, cancel: (reason) => this.cancel(reason) };
    }
    async cancel(reason) { this.#state = 'closed'; this.#chunks = []; this.#settle(); await this.#source.cancel?.(reason); }
    async *[Symbol.asyncIterator]() {
      const reader = this.getReader();
      let ended = false;
      try {
        for (let r = await reader.read(); !r.done; r = await reader.read()) yield r.value;
        ended = true;
      } finally {
        reader.releaseLock();
        if (!ended) await this.cancel();
      }
    }
    values() { return this[Symbol.asyncIterator](); }
  }
  // What requests and answers have in common: a body that is read once. Beyond the standard it may be an async iterable, whose
  // chunks are sent one by one, or any value, which is sent as JSON.
  class Body {
    #body = null;
    bodyUsed = false;
    give(body, headers) {
      const iterable = typeof body === 'object' && body !== null && !(body instanceof ReadableStream)
        && (body[Symbol.asyncIterator] !== undefined || typeof body.next === 'function' && body[Symbol.iterator] !== undefined);
      const plain = typeof body === 'object' && body !== null && !iterable && !(body instanceof ReadableStream)
        && !ArrayBuffer.isView(body) && !(body instanceof ArrayBuffer) && !(body instanceof URLSearchParams);
      this.#body = iterable ? ReadableStream.from(body) : plain ? JSON.stringify(body) : body ?? null;
      if (iterable && !headers.has('content-type')) headers.set('content-type', 'text/plain;charset=UTF-8');
      if (plain && !headers.has('content-type')) headers.set('content-type', 'application/json');
      if (typeof body === 'string' && !headers.has('content-type')) headers.set('content-type', 'text/plain;charset=UTF-8');
      if (body instanceof URLSearchParams && !headers.has('content-type')) headers.set('content-type', 'application/x-www-form-urlencoded;charset=UTF-8');
    }
    get body() {
      if (this.#body !== null && !(this.#body instanceof ReadableStream)) {
        const chunk = bytesOf(this.#body);
        this.#body = new ReadableStream({ start(c) { c.enqueue(chunk); c.close(); } });
      }
      return this.#body;
    }
    async bytes() {
      if (this.bodyUsed) throw new TypeError('the body has been read already');
      this.bodyUsed = true;
      if (this.#body === null) return new Uint8Array(0);
      if (!(this.#body instanceof ReadableStream)) return bytesOf(this.#body);
      const chunks = [];
      for await (const chunk of this.#body) chunks.push(bytesOf(chunk));
      return joined(chunks);
    }
    async arrayBuffer() { const b = await this.bytes(); return b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength); }
    async text() { return new TextDecoder().decode(await this.bytes()); }
    async json() { return JSON.parse(await this.text()); }
  }
  class Request extends Body {
    constructor(url, init = {}) {
      super();
      const of = url instanceof Request ? url : undefined;
      this.url = of ? of.url : new URL(String(url)).href;
      this.method = (init.method ?? of?.method ?? 'GET').toUpperCase();
      this.headers = new Headers(init.headers ?? of?.headers);
      this.redirect = init.redirect ?? of?.redirect ?? 'follow';
      this.signal = init.signal ?? of?.signal;
      this.give(init.body ?? of?.body, this.headers);
      if (this.body && /^(GET|HEAD)$/.test(this.method)) throw new TypeError(`Request: ${this.method} has no body`);
    }
  }
  class Response extends Body {
    constructor(body, { status = 200, statusText = '', headers } = {}) {
      super();
      if (!Number.isInteger(status) || status < 200 || status > 599) throw new RangeError(`Response: status ${status} is not in 200..599`);
      Object.assign(this, { status, statusText, headers: new Headers(headers), url: '', redirected: false, type: 'default' });
      this.give(body, this.headers);
    }
    get ok() { return this.status >= 200 && this.status < 300; }
    static json(value, init = {}) {
      const headers = new Headers(init.headers);
      if (!headers.has('content-type')) headers.set('content-type', 'application/json');
      return new Response(JSON.stringify(value), { ...init, headers });
    }
  }
  const REDIRECTS = { follow: 8, error: 0, manual: -1 };
  async function fetch(url, init = {}) {
    const request = new Request(url, init);
    const { timeout } = init;
    const body = request.body === null ? undefined : (await request.arrayBuffer());
    const options = { signal: request.signal, timeout };
    const h = await call(ops.http_fetch(request.method, request.url, [...request.headers].flat(), body, REDIRECTS[request.redirect] ?? 8), options);
    const [status, from, redirected, ...flat] = ops.http_info(h);
    return answer(h, status, from, redirected, flat, options);
  }
  function answer(h, status, url, redirected, flat, options) {
    const stream = new ReadableStream({
      async pull(c) {
        const chunk = await call(ops.http_next(h), options);
        chunk === undefined ? c.close() : c.enqueue(chunk);
      },
      cancel() { ops.http_close(h); },
    });
    const headers = new Headers();
    for (let i = 0; i < flat.length; i += 2) headers.append(flat[i], flat[i + 1]);
    const empty = [204, 205, 304].includes(status);
    if (empty) ops.http_close(h);
    const response = new Response(empty ? null : stream, { headers });
    return Object.assign(response, { status, url, redirected, type: 'basic' });
  }
  for (const [name, value] of Object.entries({ TextEncoder, TextDecoder, Event, EventTarget, DOMException, AbortSignal, AbortController,
    structuredClone: (value) => structuredClone(value), atob, btoa, URL, URLSearchParams, Headers, Request, Response, ReadableStream, fetch })) define(name, value);

  // --- random numbers, seeded per process: sfc32 ----------------------------------------------
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 1];
  function word() {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  }
  function seed(value) {
    a = value | 0;
    b = Math.floor(value / 4294967296) | 0;
    for (let i = 0; i < 15; i++) word();
  }
  Math.random = function random() { return ((word() >>> 5) * 67108864 + (word() >>> 6)) / 9007199254740992; };
  define('crypto', {
    getRandomValues(array) {
      const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
      for (let i = 0; i < bytes.length; i++) bytes[i] = word() >>> 8;
      return array;
    },
    randomUUID() {
      const h = Array.from(this.getRandomValues(new Uint8Array(16)), (x, i) =>
        (i === 6 ? (x & 15) | 64 : i === 8 ? (x & 63) | 128 : x).toString(16).padStart(2, '0')).join('');
      return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
    },
  });

  // --- a recorded run asks the host for the time, so that its replay is told the same ------------
  function useHostClock() {
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

  // What the facade knows of its own objects.
  const facade = {};

  // --- the program ----------------------------------------------------------------------------
  function valueOf(text) {
    if (text.trim() === '') return {};
    let value;
    try { value = JSON.parse(text); } catch { return { input: text }; }
    return Array.isArray(value) && value.length === 0 ? {} : value;
  }
  function resultOf(value) {
    if (value === undefined || value === null) return '';
    if (typeof value === 'string') return value;
    return JSON.stringify(value, (k, v) =>
      typeof v === 'bigint' ? v.toString() : ArrayBuffer.isView(v) && !(v instanceof DataView) ? Array.from(v) : v) ?? '';
  }
  function report(error, done) {
    const own = error instanceof PieError;
    const message = error instanceof Error ? error.message : typeof error === 'string' ? error : show(error);
    const type = error instanceof Error ? error.name : typeof error;
    const stack = error instanceof Error ? String(error.stack ?? error) : String(message);
    done(false, message, type, stack, own ? error.code : '', own ? JSON.stringify(error.details) : '{}');
  }
  // Run a program to its end; `done` hears of it once.
  let ended;
  function run(file, entry, text, seedValue, recorded, done) {
    seed(seedValue);
    if (recorded) useHostClock();
    ended = done;
    import(file).then(async (module) => {
      const f = module[entry] ?? (entry === 'main' ? module.default : undefined);
      if (typeof f !== 'function' && entry !== 'main') {
        throw makeError('SOURCE_ERROR', `the program exports no function '${entry}', which its entry names`, '{}');
      }
      const value = typeof f === 'function' ? await f(valueOf(text)) : undefined;
      done(true, resultOf(value), '', '', '', '{}');
    }).catch((error) => report(error, done));
  }
  // Load a file for a program in another language: `done` hears of its functions, and of what each call of one brings.
  let opened = {};
  function open(file, seedValue, done) {
    seed(seedValue);
    ended = done;
    import(file).then((module) => {
      opened = module;
      done(true, Object.keys(module).filter((name) => typeof module[name] === 'function').join('\n'), '', '', '', '{}');
    }).catch((error) => report(error, done));
  }
  function invoke(name, json, done, ...handles) {
    ended = done;
    (async () => {
      if (typeof opened[name] !== 'function') {
        throw makeError('NOT_FOUND', `polyglot: the file exports no function '${name}'`, '{"kind":"function"}');
      }
      const given = [];
      const text = facade.lower(await opened[name](...facade.lift(json, handles)), given);
      done(true, text, '', '', '', '{}', ...given);
    })().catch((error) => report(error, done));
  }
  // Answer requests with a function of the program until no more come; `done` hears of the end.
  function serve(file, entry, seedValue, done) {
    seed(seedValue);
    ended = done;
    import(file).then(async (module) => {
      const whole = module.default;
      const handle = module[entry] ?? (typeof whole === 'function' ? whole : whole?.fetch?.bind(whole));
      if (typeof handle !== 'function') {
        throw makeError('INVALID_ARGUMENT', `the program exports no function ${entry}(request), and no default with fetch, which would answer requests`, '{}');
      }
      const open = new Set();
      for (let h = await call(ops.request_next()); h !== undefined; h = await call(ops.request_next())) {
        const one = respond(handle, h).finally(() => open.delete(one));
        open.add(one);
      }
      await Promise.all(open);
      done(true, '', '', '', '', '{}');
    }).catch((error) => report(error, done));
  }
  async function respond(handle, h) {
    const over = new AbortController();
    const left = new AbortController();
    let reader;
    call(ops.request_gone(h), { signal: over.signal }).then(() => {
      left.abort(makeError('CANCELLED', 'the client of this request has left', '{}'));
      reader?.cancel();
    }, () => {});
    try {
      let response = await handle(incoming(h, left.signal));
      if (!(response instanceof Response)) response = new Response(response);
      ops.request_begin(h, response.status, [...response.headers].flat());
      if (response.body !== null) {
        reader = response.body.getReader();
        for (let r = await reader.read(); !r.done; r = await reader.read()) {
          const chunk = bytesOf(r.value);
          if (chunk.length) await call(ops.request_write(h, chunk.buffer.slice(chunk.byteOffset, chunk.byteOffset + chunk.byteLength)));
        }
      }
      ops.request_end(h);
    } catch (error) {
      ops.request_fail(h);
      if (!left.signal.aborted) console.error(error instanceof Error ? error.stack ?? String(error) : error);
      await reader?.cancel().catch(() => {});
    } finally {
      over.abort();
    }
  }
  // The request as the Fetch standard has it, with the path below the program's address and the query beside.
  function incoming(h, signal) {
    const [method, path, query, ...flat] = ops.request_info(h);
    const headers = new Headers();
    for (let i = 0; i < flat.length; i += 2) headers.append(flat[i], flat[i + 1]);
    const body = new ReadableStream({
      async pull(c) {
        const chunk = await call(ops.request_piece(h), { signal });
        chunk === undefined ? c.close() : c.enqueue(chunk);
      },
    });
    const empty = /^(GET|HEAD)$/.test(method);
    const url = `http://${headers.get('host') ?? 'pie'}${path}${query ? `?${query}` : ''}`;
    return Object.assign(new Request(url, { method, headers, signal, body: empty ? undefined : body }), { path, query: new URLSearchParams(query) });
  }
  const ids = (buffer) => new Uint32Array(new ArrayBuffer(buffer)).slice();
  const floats = (buffer) => new Float32Array(new ArrayBuffer(buffer)).slice();
  const bytes = (buffer) => new Uint8Array(new ArrayBuffer(buffer)).slice();
  const list = (...items) => items;
  const record = (text) => JSON.parse(text, (key, value) => (value === null ? undefined : value));
  // What a block with `using` turns into.
  function scope() {
    const resources = [];
    let failed = false;
    let failure;
    const suppress = (e) => {
      failure = failed ? Object.assign(new Error('an error was suppressed during disposal'), { name: 'SuppressedError', error: e, suppressed: failure }) : e;
      failed = true;
    };
    return {
      use(value) {
        if (value === null || value === undefined) return value;
        const dispose = value[Symbol.dispose] ?? value[Symbol.asyncDispose];
        if (typeof dispose !== 'function') throw new TypeError('using: the value has no [Symbol.dispose]() method');
        resources.push([value, dispose, value[Symbol.asyncDispose] ?? dispose]);
        return value;
      },
      fail(e) { suppress(e); },
      end() {
        for (const [value, dispose] of resources.reverse()) try { dispose.call(value); } catch (e) { suppress(e); }
        if (failed) throw failure;
      },
      async endAsync() {
        for (const [value, , dispose] of resources.reverse()) try { await dispose.call(value); } catch (e) { suppress(e); }
        if (failed) throw failure;
      },
    };
  }
  Object.defineProperty(global, Symbol.for('pie.host'), { value: Object.freeze({ ops, call, checkWaiting, errors, makeError, scope, facade }), configurable: true });
  return { deliver, fire, run, serve, open, invoke, raise, ids, floats, bytes, list, record, absent: undefined };
})
