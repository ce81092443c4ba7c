import { H, wrongType, given, text, endable, ops, call } from './base.js';

// A process that this one started. To let go of it lets it run on.
export class Child {
  constructor(key, h) {
    if (key !== H) throw wrongType('Child: runtime.launch makes them');
    this[H] = h;
  }
  pid() { return ops.child_pid(this[H]); }
  get() { return ops.child_poll(this[H]); }
  cancel() { ops.child_cancel(this[H]); }
  wait(options) { return endable(async (o) => await call(ops.child_wait(this[H]), o), options); }
  toString() { return `Child(${this.pid()})`; }
}

export const runtime = Object.freeze({
  version: () => ops.runtime_version(),
  instanceId: () => ops.runtime_instance_id(),
  username: () => ops.runtime_username(),
  models: () => ops.runtime_models(),
  program: () => ops.runtime_program(),
  stats: () => ops.runtime_stats(),
  launch: (program, input = {}, options) => new Child(H, ops.runtime_launch(program, text(input), given(options).tokenBudget)),
});
