import { define } from './base.js';

// Random numbers, seeded per process: sfc32.
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
export function seed(value) {
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
