import { ops } from './base.js';
import { call } from './operations.js';
import { bytesOf, joined, ReadableStream } from './streams.js';
import { TextDecoder } from './text.js';
import { URL, URLSearchParams } from './url.js';

export class Headers {
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
export class Request extends Body {
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
export class Response extends Body {
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
export async function fetch(url, init = {}) {
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
