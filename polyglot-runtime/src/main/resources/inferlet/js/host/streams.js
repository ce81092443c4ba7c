import { ops } from './base.js';
import { show } from './console.js';
import { URLSearchParams } from './url.js';

export const bytesOf = (data) => {
  if (typeof data === 'string') return ops.utf8_encode(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (data instanceof URLSearchParams) return ops.utf8_encode(data.toString());
  throw new TypeError(`a body must be text, bytes, URLSearchParams or a stream, not ${show(data)}`);
};
export function joined(chunks) {
  const all = new Uint8Array(chunks.reduce((n, c) => n + c.length, 0));
  let at = 0;
  for (const c of chunks) { all.set(c, at); at += c.length; }
  return all;
}
// The reading side of the Streams standard, without backpressure of its own: `pull` is called when a chunk is wanted.
export class ReadableStream {
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
