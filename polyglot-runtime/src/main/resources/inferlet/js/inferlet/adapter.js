import { H, ids, handle, ops, call } from './base.js';
import { Model } from './model.js';

export class Adapter {
  constructor(h) { this[H] = h; }
  static create(model, name) { return new Adapter(ops.adapter_create(handle(model, Model, 'model'), name)); }
  static async createAsync(model, name, options) {
    return new Adapter(await call(ops.adapter_create_async(handle(model, Model, 'model'), name), options));
  }
  static #of(h) { return h === undefined ? undefined : new Adapter(h); }
  static open(model, name) { return Adapter.#of(ops.adapter_open(handle(model, Model, 'model'), name)); }
  static async openAsync(model, name, options) {
    return Adapter.#of(await call(ops.adapter_open_async(handle(model, Model, 'model'), name), options));
  }
  get name() { return ops.adapter_name(this[H]); }
  get shared() { return ops.adapter_shared(this[H]); }
  fork(newName) { return new Adapter(ops.adapter_fork(this[H], newName)); }
  async forkAsync(newName, options) { return new Adapter(await call(ops.adapter_fork_async(this[H], newName), options)); }
  load(path) { ops.adapter_load(this[H], path); }
  async loadAsync(path, options) { await call(ops.adapter_load_async(this[H], path), options); }
  save(path) { ops.adapter_save(this[H], path); }
  async saveAsync(path, options) { await call(ops.adapter_save_async(this[H], path), options); }
  destroy() { ops.adapter_destroy(this[H]); }
  async destroyAsync(options) { await call(ops.adapter_destroy_async(this[H]), options); }
  close() { ops.adapter_close(this[H]); }
  [Symbol.dispose]() { ops.adapter_leave(this[H]); }
  async [Symbol.asyncDispose]() { ops.adapter_leave(this[H]); }
}
export const through = (adapter) => (adapter === undefined || adapter === null ? undefined : handle(adapter, Adapter, 'adapter'));
export const zo = Object.freeze({
  initialize: (adapter, rank, alpha, populationSize, muFraction, initialSigma) =>
    ops.zo_initialize(handle(adapter, Adapter, 'adapter'), rank, alpha, populationSize, muFraction, initialSigma),
  initializeAsync: async (adapter, rank, alpha, populationSize, muFraction, initialSigma, options) => {
    await call(ops.zo_initialize_async(handle(adapter, Adapter, 'adapter'), rank, alpha, populationSize, muFraction, initialSigma), options);
  },
  update: (adapter, scores, seeds, maxSigma) => ops.zo_update(handle(adapter, Adapter, 'adapter'), ids(scores), ids(seeds), maxSigma),
  updateAsync: async (adapter, scores, seeds, maxSigma, options) => {
    await call(ops.zo_update_async(handle(adapter, Adapter, 'adapter'), ids(scores), ids(seeds), maxSigma), options);
  },
  adapterSeed: (forward, seed) => forward.zoSeed(seed),
});
