// Node's files over those of the process: /scratch, /data, /app.
import { ops } from '../host/base.js';

const TEXTS = {
  ENOENT: 'no such file or directory', EACCES: 'permission denied', EEXIST: 'file already exists', ENOTEMPTY: 'directory not empty',
  ENOTDIR: 'not a directory', EISDIR: 'illegal operation on a directory', ENOSPC: 'no space left on device', EBADF: 'bad file descriptor',
  EXDEV: 'cross-device link not permitted', ENAMETOOLONG: 'name too long', EIO: 'i/o error',
};
function failure(code, syscall, path, reason) {
  const text = `${code}: ${TEXTS[code] ?? reason}, ${syscall}${path === undefined ? '' : ` '${path}'`}`;
  return Object.assign(new Error(text), { code, syscall, path });
}
function checked(answer, syscall, path) {
  if (Array.isArray(answer) && answer[0] === '\0') throw failure(answer[1], syscall, path, answer[2]);
  return answer;
}
const name = (path) => {
  if (path instanceof URL) return decodeURIComponent(path.pathname);
  if (typeof path !== 'string') throw new TypeError('the path must be a string or a URL');
  return path;
};
const encodingOf = (options) => (typeof options === 'string' ? options : options?.encoding);
function bytesOf(data) {
  if (typeof data === 'string') return new TextEncoder().encode(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new TypeError('the data must be a string or bytes');
}
const blob = (data) => { const b = bytesOf(data); return b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength); };
function textOf(bytes, encoding) {
  if (encoding === undefined || encoding === null || encoding === 'buffer') return bytes;
  if (/^utf-?8$/i.test(encoding)) return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  if (/^(latin1|binary|ascii)$/i.test(encoding)) return Array.from(bytes, (b) => String.fromCharCode(b)).join('');
  if (/^hex$/i.test(encoding)) return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
  if (/^base64$/i.test(encoding)) return btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''));
  throw new TypeError(`the encoding '${encoding}' is not known`);
}

export class Stats {
  #folder;
  constructor([folder, size, modified]) {
    this.#folder = folder;
    Object.assign(this, { size, mtimeMs: modified, mtime: new Date(modified), mode: folder ? 0o40700 : 0o100600 });
  }
  isFile() { return !this.#folder; }
  isDirectory() { return this.#folder; }
  isSymbolicLink() { return false; }
}
class Dirent extends Stats {
  constructor(stat, file, parentPath) { super(stat); Object.assign(this, { name: file, parentPath }); }
}

const PIECE = 1 << 20;
function readAll(h, syscall, path) {
  const chunks = [];
  for (let c = checked(ops.fs_read(h, PIECE), syscall, path); c.length; c = checked(ops.fs_read(h, PIECE), syscall, path)) chunks.push(c);
  const all = new Uint8Array(chunks.reduce((n, c) => n + c.length, 0));
  let at = 0;
  for (const c of chunks) { all.set(c, at); at += c.length; }
  return all;
}
function withFile(path, flags, use) {
  const h = checked(ops.fs_open(path, flags), 'open', path);
  try { return use(h); } finally { checked(ops.fs_close(h), 'close', path); }
}

export function readFileSync(path, options) {
  const p = name(path);
  return textOf(withFile(p, 'r', (h) => readAll(h, 'read', p)), encodingOf(options));
}
export function writeFileSync(path, data, options) {
  const p = name(path);
  withFile(p, options?.flag ?? 'w', (h) => checked(ops.fs_write(h, blob(data)), 'write', p));
}
export function appendFileSync(path, data) { writeFileSync(path, data, { flag: 'a' }); }
export function statSync(path, { throwIfNoEntry = true } = {}) {
  const p = name(path);
  const answer = ops.fs_stat(p);
  if (!throwIfNoEntry && answer[0] === '\0' && answer[1] === 'ENOENT') return undefined;
  return new Stats(checked(answer, 'stat', p));
}
export const lstatSync = statSync;
export function existsSync(path) { return ops.fs_stat(name(path))[0] !== '\0'; }
export function accessSync(path) { statSync(path); }
const isFolder = (p) => { const s = ops.fs_stat(p); return s[0] === true; };
const join = (folder, file) => (folder.endsWith('/') ? folder + file : `${folder}/${file}`);
export function readdirSync(path, options = {}) {
  const p = name(path);
  const found = [];
  const visit = (folder, prefix) => {
    for (const file of checked(ops.fs_list(folder), 'scandir', folder)) {
      const whole = join(folder, file);
      found.push(options.withFileTypes ? new Dirent(checked(ops.fs_stat(whole), 'stat', whole), file, folder) : prefix + file);
      if (options.recursive && isFolder(whole)) visit(whole, `${prefix}${file}/`);
    }
  };
  visit(p, '');
  return found;
}
export function mkdirSync(path, options = {}) {
  const p = name(path);
  if (!options?.recursive) {
    checked(ops.fs_mkdir(p), 'mkdir', p);
    return undefined;
  }
  let first;
  let sofar = p.startsWith('/') ? '' : '.';
  for (const part of p.split('/').filter(Boolean)) {
    sofar += `/${part}`;
    if (isFolder(sofar)) continue;
    checked(ops.fs_mkdir(sofar), 'mkdir', sofar);
    first ??= sofar;
  }
  return first;
}
export function rmSync(path, { recursive = false, force = false } = {}) {
  const p = name(path);
  const stat = ops.fs_stat(p);
  if (force && stat[0] === '\0' && stat[1] === 'ENOENT') return;
  if (checked(stat, 'rm', p)[0]) {
    if (!recursive) throw failure('EISDIR', 'rm', p);
    for (const file of checked(ops.fs_list(p), 'scandir', p)) rmSync(join(p, file), { recursive });
  }
  checked(ops.fs_delete(p), 'rm', p);
}
export function rmdirSync(path) {
  const p = name(path);
  if (!checked(ops.fs_stat(p), 'rmdir', p)[0]) throw failure('ENOTDIR', 'rmdir', p);
  checked(ops.fs_delete(p), 'rmdir', p);
}
export function unlinkSync(path) {
  const p = name(path);
  if (checked(ops.fs_stat(p), 'unlink', p)[0]) throw failure('EISDIR', 'unlink', p);
  checked(ops.fs_delete(p), 'unlink', p);
}
export function renameSync(from, to) { checked(ops.fs_move(name(from), name(to)), 'rename', name(from)); }
export function copyFileSync(from, to) { writeFileSync(to, readFileSync(from)); }
export function truncateSync(path, length = 0) { withFile(name(path), 'r+', (h) => checked(ops.fs_truncate(h, length), 'ftruncate')); }
export function mkdtempSync(prefix) {
  const path = name(prefix) + crypto.randomUUID().slice(0, 6);
  mkdirSync(path);
  return path;
}

export class FileHandle {
  #h; #path;
  constructor(h, path) { this.#h = h; this.#path = path; }
  async read(buffer, offset = 0, length = buffer.byteLength - offset, position) {
    const got = checked(ops.fs_read(this.#h, length, position ?? undefined), 'read', this.#path);
    new Uint8Array(buffer.buffer, buffer.byteOffset).set(got, offset);
    return { bytesRead: got.length, buffer };
  }
  async write(data, offset = 0, length = undefined, position = undefined) {
    const bytes = bytesOf(data);
    const part = typeof data === 'string' ? bytes : bytes.subarray(offset, length === undefined ? undefined : offset + length);
    const bytesWritten = checked(ops.fs_write(this.#h, blob(part), position ?? undefined), 'write', this.#path);
    return { bytesWritten, buffer: data };
  }
  async readFile(options) { return textOf(readAll(this.#h, 'read', this.#path), encodingOf(options)); }
  async writeFile(data) { await this.write(data); }
  async appendFile(data) { await this.write(data); }
  async stat() { return statSync(this.#path); }
  async truncate(length = 0) { checked(ops.fs_truncate(this.#h, length), 'ftruncate', this.#path); }
  async sync() {}
  async close() { checked(ops.fs_close(this.#h), 'close', this.#path); }
  async [Symbol.asyncDispose]() { await this.close(); }
}
const later = (sync) => async (...args) => sync(...args);
export const promises = Object.freeze({
  readFile: later(readFileSync), writeFile: later(writeFileSync), appendFile: later(appendFileSync), stat: later(statSync),
  lstat: later(statSync), access: later(accessSync), readdir: later(readdirSync), mkdir: later(mkdirSync), rm: later(rmSync),
  rmdir: later(rmdirSync), unlink: later(unlinkSync), rename: later(renameSync), copyFile: later(copyFileSync),
  truncate: later(truncateSync), mkdtemp: later(mkdtempSync),
  async open(path, flags = 'r') { const p = name(path); return new FileHandle(checked(ops.fs_open(p, flags), 'open', p), p); },
});
export const constants = Object.freeze({ F_OK: 0, X_OK: 1, W_OK: 2, R_OK: 4 });
export default {
  readFileSync, writeFileSync, appendFileSync, statSync, lstatSync, existsSync, accessSync, readdirSync, mkdirSync, rmSync, rmdirSync,
  unlinkSync, renameSync, copyFileSync, truncateSync, mkdtempSync, promises, constants,
};
