// Keep account of pages and credits, roll back, and hand snapshots from one context to another.
import { Context, Model, Sampler, runtime, scheduling } from '@pie-project/inferlet';

export async function main(): Promise<Record<string, boolean>> {
  const model = Model.load(runtime.models()[0]!);
  const tk = model.tokenizer();
  const name = `${runtime.instanceId()}/handed-over`;
  let waiting = 0, length = 0, extra = 0, over = 0;
  let anonymous = '';
  let figures: number[] = [];
  let lengths = new Set<number>();
  {
    using ctx = new Context(model);
    ctx.system('You are a clerk.').user('Count to ten.');
    waiting = ctx.buffer().length;
    await ctx.flush();
    length = ctx.seqLen;
    ctx.appendText(' one two three');
    extra = ctx.buffer().length;
    await ctx.flush();
    over = Math.min(extra, ctx.seqLen % ctx.pageSize);
    ctx.truncate(over);
    ctx.save(name);
    anonymous = ctx.snapshot();
    ctx.setBid(2.5);
    let rent = 0;
    {
      using _ = ctx.idle();
      rent = scheduling.rent(ctx);
    }
    figures = [scheduling.balance(model), rent, scheduling.dividend(model), scheduling.latency(ctx), scheduling.price()];
    const branches = Array.from({ length: 3 }, () => ctx.fork());
    lengths = new Set(branches.map((b) => b.seqLen));
    branches.forEach((b) => b.release());
  }
  const taken = Context.take(model, name)!;
  let gone = false;
  try {
    gone = Context.open(model, name) === undefined;
  } catch {
    gone = true;
  }
  const copy = Context.open(model, anonymous)!;
  Context.delete(model, anonymous);
  const answers: string[] = [];
  for (const c of [taken, copy]) {
    c.user('Go on.').cue();
    answers.push(String(await c.generate(Sampler.topK(0, 1), { maxTokens: 5 }).collectTokens()));
  }
  let refused = '';
  try {
    taken.truncate(10_000);
  } catch (e) {
    refused = `${e}`;
  }
  return {
    waiting: waiting > 0 && waiting === length,
    pages: taken.pageSize === copy.pageSize,
    lengths: lengths.size === 1 && lengths.has(length + extra - over),
    figures: figures.every((f) => Number.isFinite(f) && f >= 0) && figures[4]! > 0,
    gone,
    same: answers[0] === answers[1] && answers[0] !== '',
    decoded: tk.decode(Uint32Array.from(answers[0]!.split(',').map(Number))).length > 0,
    refused: refused.includes('10000'),
    who: runtime.username() !== '' && runtime.version() !== '',
  };
}
