// Node's path for POSIX.
const HOME = '/scratch';
export const sep = '/';
export const delimiter = ':';
export const isAbsolute = (path) => path.startsWith('/');
export function normalize(path) {
  const parts = [];
  for (const part of path.split('/')) {
    if (part === '..') {
      if (parts.length && parts.at(-1) !== '..') parts.pop();
      else if (!isAbsolute(path)) parts.push('..');
    } else if (part !== '' && part !== '.') parts.push(part);
  }
  const body = parts.join('/') + (parts.length && path.endsWith('/') ? '/' : '');
  return isAbsolute(path) ? `/${body}` : body || '.';
}
export const join = (...parts) => normalize(parts.filter((p) => p !== '').join('/') || '.');
export function resolve(...parts) {
  let path = '';
  for (const part of [HOME, ...parts]) path = isAbsolute(part) ? part : `${path}/${part}`;
  const whole = normalize(path);
  return whole.length > 1 && whole.endsWith('/') ? whole.slice(0, -1) : whole;
}
const trimmed = (path) => (path.length > 1 ? path.replace(/\/+$/, '') : path);
export function dirname(path) {
  const p = trimmed(path);
  const at = p.lastIndexOf('/');
  return at < 0 ? '.' : at === 0 ? '/' : p.slice(0, at);
}
export function basename(path, suffix = '') {
  const base = trimmed(path).slice(trimmed(path).lastIndexOf('/') + 1);
  return suffix && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base;
}
export function extname(path) {
  const base = basename(path);
  const at = base.lastIndexOf('.');
  return at <= 0 ? '' : base.slice(at);
}
export function relative(from, to) {
  const [a, b] = [resolve(from).split('/').filter(Boolean), resolve(to).split('/').filter(Boolean)];
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same++;
  return [...a.slice(same).map(() => '..'), ...b.slice(same)].join('/');
}
export function parse(path) {
  const base = basename(path);
  const ext = extname(path);
  const dir = dirname(path);
  return { root: isAbsolute(path) ? '/' : '', dir: path.includes('/') ? dir : '', base, ext, name: ext ? base.slice(0, -ext.length) : base };
}
export const format = ({ dir, root = '', base, name = '', ext = '' }) => {
  const file = base ?? name + ext;
  return dir ? (dir.endsWith('/') ? dir + file : `${dir}/${file}`) : root + file;
};
export const posix = { sep, delimiter, isAbsolute, normalize, join, resolve, dirname, basename, extname, relative, parse, format };
export default posix;
