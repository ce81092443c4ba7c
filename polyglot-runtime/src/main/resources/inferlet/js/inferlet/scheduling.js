import { handle, ops, call } from './base.js';
import { Model } from './model.js';
import { Context } from './context.js';

export const scheduling = Object.freeze({
  balance: (model) => ops.sched_balance(handle(model, Model, 'model')),
  rent: (ctx) => ops.sched_rent(handle(ctx, Context, 'ctx')),
  dividend: (model) => ops.sched_dividend(handle(model, Model, 'model')),
  latency: (ctx) => ops.sched_latency(handle(ctx, Context, 'ctx')),
  price: () => ops.sched_price(),
  explain: () => JSON.parse(ops.sched_explain()),
  explainAsync: async (options) => JSON.parse(await call(ops.sched_explain_async(), options)),
});
