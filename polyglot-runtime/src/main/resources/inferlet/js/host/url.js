export class URLSearchParams {
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
export class URL {
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
