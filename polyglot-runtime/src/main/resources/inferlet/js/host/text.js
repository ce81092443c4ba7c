import { ops } from './base.js';
import { DOMException } from './events.js';

export class TextEncoder {
  get encoding() { return 'utf-8'; }
  encode(text = '') { return ops.utf8_encode(String(text)); }
}
export class TextDecoder {
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

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
export function btoa(text) {
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
export function atob(text) {
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
