// Bids: pay more for one pass, hold a price, bid nothing while idle, and ask the scheduler why one had to wait.
// With `rivals` the contexts of this program compete for pages: `./pie run --pages 24 bids.js -- --rivals 3`.
import { Context, Model, Sampler, runtime, scheduling } from 'inferlet';

// One more pass, and what was bid for it.
async function bidOf(ctx) {
  ctx.append([5]);
  await ctx.flush();
  return Math.max(...scheduling.explain().contexts.map(({ bid }) => bid));
}

// A context that has its pages, and bids four times as much as the one before.
async function rival(model, n) {
  const ctx = new Context(model).append(Array.from({ length: 96 }, (_, i) => 1000 + 97 * n + i));
  ctx.setBid(0.001 * 4 ** n, { hold: true });
  await ctx.flush();
  return ctx;
}

async function compete(context, maxTokens) {
  using ctx = context;
  return (await ctx.generate(Sampler.argmax(), { maxTokens, stop: [], autoFlush: false }).collectTokens()).length;
}

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const bids = {};
  let standard;
  {
    using ctx = new Context(model).appendText('The quick brown fox');
    standard = await bidOf(ctx);
    ctx.setBid(0.25);
    bids['one pass'] = await bidOf(ctx);
    bids['after it'] = await bidOf(ctx) < 0.25;
    ctx.setBid(0.5, { hold: true });
    bids['held'] = [await bidOf(ctx), await bidOf(ctx)];
    {
      using idle = ctx.idle();
      bids['idle'] = await bidOf(ctx);
    }
    bids['resumed'] = await bidOf(ctx);
  }
  {
    using ctx = new Context(model).appendText('A fork bids');
    await ctx.flush();
    ctx.setBid(0.75, { hold: true });
    await bidOf(ctx);
    using child = ctx.fork();
    ctx.setBid(undefined);
    await bidOf(ctx);
    bids['fork, first pass'] = await bidOf(child);
  }

  const rivals = [];
  while (rivals.length < (input.rivals ?? 0)) rivals.push(await rival(model, rivals.length));
  const made = await Promise.all(rivals.map((ctx) => compete(ctx, input.max_tokens ?? 48)));
  const stats = runtime.stats();
  const why = scheduling.explain();
  return {
    standard: standard > 0,
    bids,
    made,
    displaced_by: why.market.filter(({ kind }) => kind === 'displaced').map(({ by }) => by),
    process: runtime.instanceId(),
    missed: why.missed ?? {},
    spent_is_rent_and_make: Math.abs(stats.creditsSpent - stats.rentPaid - stats.makeCost) < 1e-6,
    balance: scheduling.balance(model),
    recomputed: stats.tokensRecomputed,
  };
}
