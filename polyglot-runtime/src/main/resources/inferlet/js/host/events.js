export class Event {
  constructor(type, init = {}) { this.type = type; this.cancelable = init.cancelable ?? false; this.defaultPrevented = false; this.target = null; }
  preventDefault() { if (this.cancelable) this.defaultPrevented = true; }
}
export class EventTarget {
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
export class DOMException extends Error {
  constructor(message = '', name = 'Error') { super(message); Object.defineProperty(this, 'name', { value: name }); }
}
export class AbortSignal extends EventTarget {
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
export class AbortController {
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
