import { handle, ops, call } from './base.js';
import { Model } from './model.js';

const snapshots = (text) => JSON.parse(text).map(({ created, expires, ...rest }) =>
  ({ ...rest, created: created * 1000, expires: expires === null ? undefined : expires * 1000 }));
const on = (model) => (model === undefined ? undefined : handle(model, Model, 'model'));
export const contexts = Object.freeze({
  list: (model, prefix = '') => snapshots(ops.contexts_list(on(model), prefix)),
  listAsync: async (model, prefix = '', options) => snapshots(await call(ops.contexts_list_async(on(model), prefix), options)),
  info: (model, name) => snapshots(ops.contexts_info(on(model), name))[0],
  infoAsync: async (model, name, options) => snapshots(await call(ops.contexts_info_async(on(model), name), options))[0],
});
