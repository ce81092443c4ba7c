import { H, ids, given, handle, text, later, ops, call } from './base.js';
import { Sampler } from './sampler.js';
import { Model } from './model.js';
import { through } from './adapter.js';
import { Forward } from './forward.js';
import { constraints } from './grammar.js';
import { flat, drafter, Generator } from './generation.js';
import { described } from './tools.js';

class IdleScope {
  constructor(h) { this[H] = h; }
  close() { ops.idle_close(this[H]); }
  [Symbol.dispose]() { this.close(); }
  async [Symbol.asyncDispose]() { this.close(); }
}

const seconds = (millis) => (['number', 'bigint'].includes(typeof millis) ? Number(millis) / 1000 : millis);
export class Context {
  constructor(model, options) {
    const { template, prefixCache = true } = given(options);
    this[H] = ops.ctx_new(handle(model, Model, 'model'), template, prefixCache);
    this.model = model;
  }
  static async createAsync(model, options) { return new Context(model, options); }
  static [H](h) { return Context.#of(h, new Model(ops.ctx_model(h))); }
  static #of(h, model) {
    const ctx = Object.create(Context.prototype);
    ctx[H] = h;
    ctx.model = model;
    return ctx;
  }
  static open(model, name) { return Context.#of(ops.ctx_open(handle(model, Model, 'model'), name, false), model); }
  static async openAsync(model, name, options) {
    return Context.#of(await call(ops.ctx_open_async(handle(model, Model, 'model'), name, false), options), model);
  }
  static take(model, name) { return Context.#of(ops.ctx_open(handle(model, Model, 'model'), name, true), model); }
  static async takeAsync(model, name, options) {
    return Context.#of(await call(ops.ctx_open_async(handle(model, Model, 'model'), name, true), options), model);
  }
  static delete(model, name) { ops.ctx_delete(handle(model, Model, 'model'), name); }
  static async deleteAsync(model, name, options) { await call(ops.ctx_delete_async(handle(model, Model, 'model'), name), options); }
  save(name, options) {
    const { overwrite = false, ttl } = given(options);
    ops.ctx_save(this[H], name, overwrite, seconds(ttl));
  }
  async saveAsync(name, options) {
    const { overwrite = false, ttl, ...waiting } = given(options);
    await call(ops.ctx_save_async(this[H], name, overwrite, seconds(ttl)), waiting);
  }
  snapshot(options) { return ops.ctx_snapshot(this[H], seconds(given(options).ttl)); }
  async snapshotAsync(options) { return await call(ops.ctx_snapshot_async(this[H], seconds(given(options).ttl)), options); }
  dropPrefix(n, options) { ops.ctx_drop_prefix(this[H], n, given(options).sink ?? 0); }
  async dropPrefixAsync(n, options) {
    await call(ops.ctx_drop_prefix_async(this[H], n, given(options).sink ?? 0), options);
  }
  setWindow(w, options) { ops.ctx_set_window(this[H], w, given(options).sink ?? 0); }
  async setWindowAsync(w, options) {
    await call(ops.ctx_set_window_async(this[H], w, given(options).sink ?? 0), options);
  }
  publish() { ops.ctx_publish(this[H]); }
  async publishAsync(options) { await call(ops.ctx_publish_async(this[H]), options); }
  get pageSize() { return ops.ctx_page_size(this[H]); }
  get seqLen() { return ops.ctx_seq_len(this[H]); }
  get committedPageCount() { return ops.ctx_committed_page_count(this[H]); }
  get workingPageCount() { return ops.ctx_working_page_count(this[H]); }
  get workingPageTokenCount() { return ops.ctx_working_page_token_count(this[H]); }
  buffer() { return ops.ctx_buffer(this[H]); }
  tokens() { return ops.ctx_tokens(this[H]); }
  system(text) { ops.ctx_system(this[H], text); return this; }
  user(text) { ops.ctx_user(this[H], text); return this; }
  assistant(text) { ops.ctx_assistant(this[H], text); return this; }
  cue() { ops.ctx_cue(this[H]); return this; }
  seal() { ops.ctx_seal(this[H]); return this; }
  equip(list) { ops.ctx_equip(this[H], described(list)); return this; }
  answer(name, value) { ops.ctx_answer(this[H], name, text(value)); return this; }
  append(values) { ops.ctx_append(this[H], ids(values)); return this; }
  appendText(text) { ops.ctx_append_text(this[H], text); return this; }
  async flush(options) { await call(ops.ctx_flush(this[H]), options); }
  truncate(n) { ops.ctx_truncate(this[H], n); }
  async truncateAsync(n, options) { await call(ops.ctx_truncate_async(this[H], n), options); }
  setBid(v, options) { ops.ctx_set_bid(this[H], v, given(options).hold ?? false); return this; }
  idle() { return new IdleScope(ops.ctx_idle(this[H])); }
  fork() { return Context.#of(ops.ctx_fork(this[H]), this.model); }
  async forkAsync(options) { return Context.#of(await call(ops.ctx_fork_async(this[H]), options), this.model); }
  suspend() { ops.ctx_suspend(this[H]); }
  async suspendAsync(options) { await call(ops.ctx_suspend_async(this[H]), options); }
  reserveWorkingPages(n) { ops.ctx_reserve_working_pages(this[H], n); }
  async reserveWorkingPagesAsync(n, options) { await call(ops.ctx_reserve_working_pages_async(this[H], n), options); }
  commitWorkingPages(k) { ops.ctx_commit_working_pages(this[H], k); }
  async commitWorkingPagesAsync(k, options) { await call(ops.ctx_commit_working_pages_async(this[H], k), options); }
  releaseWorkingPages(n) { ops.ctx_release_working_pages(this[H], n); }
  async releaseWorkingPagesAsync(n, options) { await call(ops.ctx_release_working_pages_async(this[H], n), options); }
  truncateWorkingPageTokens(n) { ops.ctx_truncate_working_page_tokens(this[H], n); }
  async truncateWorkingPageTokensAsync(n, options) { await call(ops.ctx_truncate_working_page_tokens_async(this[H], n), options); }
  forward() { return new Forward(ops.ctx_forward(this[H])); }
  generate(sampler, options) {
    const known = { ...given(options) };
    if (known.constrain !== undefined && known.constrain !== null) known.constrain = constraints(known.constrain, this.model);
    if (known.speculator !== undefined && known.speculator !== null) known.speculator = drafter(known.speculator);
    if (known.adapter !== undefined) known.adapter = through(known.adapter);
    return new Generator(ops.ctx_generate(this[H], handle(sampler, Sampler, 'sampler'), ...flat(known)), this);
  }
  release() { ops.ctx_close(this[H]); }
  close() { this.release(); }
  [Symbol.dispose]() { this.release(); }
  async [Symbol.asyncDispose]() { this.release(); }
}
const refused = {
  'no loaded model takes media': ['appendImage', 'appendImages', 'appendAudio', 'appendAudios', 'appendVideo'],
};
for (const [why, names] of Object.entries(refused)) for (const name of names) Context.prototype[name] = later(`ctx.${name}`, why);
