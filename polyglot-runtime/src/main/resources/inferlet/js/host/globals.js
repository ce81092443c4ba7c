// What programs expect of a JavaScript host.
import { define } from './base.js';
import { structuredClone } from './clone.js';
import { AbortController, AbortSignal, DOMException, Event, EventTarget } from './events.js';
import { fetch, Headers, Request, Response } from './fetch.js';
import { ReadableStream } from './streams.js';
import { atob, btoa, TextDecoder, TextEncoder } from './text.js';
import { URL, URLSearchParams } from './url.js';
import './console.js';
import './random.js';
import './timers.js';

for (const name of ['dispose', 'asyncDispose']) {
  if (Symbol[name] === undefined) Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) });
}
for (const [name, value] of Object.entries({
  TextEncoder, TextDecoder, Event, EventTarget, DOMException, AbortSignal, AbortController,
  structuredClone: (value) => structuredClone(value), atob, btoa, URL, URLSearchParams, Headers, Request, Response, ReadableStream, fetch,
})) define(name, value);
