// Errors: provoke every error that a program can meet, catch each by its class, and go on as if nothing had happened.
// A failed call changes nothing: the context that was there before all of them still gives the same text after.
import { Context, Model, PieError, Sampler, http, messaging, regex, runtime, timers } from 'inferlet';

const child = (role, options = {}) => runtime.launch(runtime.program(), { role }, options);

function cancelled() {
  const running = child('wait');
  running.cancel();
  return running.wait();
}

const roles = {
  fail: () => { throw new Error('no luck'); },
  wait: () => messaging.pull(runtime.instanceId()),
  write: (model) => new Context(model).appendText('Write on and on').generate(Sampler.argmax(), { maxTokens: 64, stop: [] }).collectText(),
};

const provocations = (model, ctx) => ({
  INVALID_ARGUMENT: () => ctx.truncate(1 << 20),
  CONTEXT_LENGTH_EXCEEDED: () => new Context(model).append(new Uint32Array(model.info().maxContext + 1).fill(1)).flush(),
  OUT_OF_PAGES: () => new Context(model).reserveWorkingPages(1 << 20),
  PERMISSION_DENIED: () => ctx.publish(),
  NOT_FOUND: () => Context.open(model, 'nobody/has/saved/this'),
  ALREADY_EXISTS: () => [1, 2].forEach(() => ctx.save(`${runtime.instanceId()}/errors`, { ttl: 60_000 })),
  UNSUPPORTED: () => model.speak('a word'),
  GRAMMAR_VIOLATION: () => new Context(model).generate(Sampler.argmax(), { constrain: regex(/[0-9]{4}/) }).accept([5]),
  GUEST_ERROR: () => child('fail').wait(),
  CANCELLED: () => cancelled(),
  BUDGET_EXHAUSTED: () => child('write', { tokenBudget: 8 }).wait(),
  TIMEOUT: () => timers.timeout(timers.sleep(60_000), 10),
  UPSTREAM_FAILURE: () => http.get('http://127.0.0.1:1/'),
});

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  if (input.role) return await roles[input.role](model);
  const ctx = new Context(model).appendText('The capital of France is');
  await ctx.flush();
  const options = { maxTokens: 4, stop: [], autoFlush: false };
  const before = await ctx.fork().generate(Sampler.argmax(), options).collectTokens();
  const caught = {};
  for (const [code, provoke] of Object.entries(provocations(model, ctx))) {
    try {
      await provoke();
      caught[code] = 'nothing happened';
    } catch (e) {
      if (!(e instanceof PieError)) throw e;
      caught[code] = [e.code, e.constructor !== PieError, e.message.length > 0];
    }
  }
  const after = await ctx.generate(Sampler.argmax(), options).collectTokens();
  return { caught, unharmed: String([...before]) === String([...after]) };
}
