// Watch the market from inside: read what the scheduler says between two passes, and draw it.
// Rivals, contexts of the same program, make pages short where there are few. The returned value is a picture:
//     ./pie run -q --pages 36 examples/js/watch_market.js -- --rivals 3 > market.svg
import { Context, Model, Sampler, runtime, scheduling } from 'inferlet';

const SERIES = [
  ['balance', 'credits left', '#3b7dd8'],
  ['rent', 'credits a page and step', '#c25450'],
  ['dividend', 'credits of the last step', '#4f9d69'],
  ['latency', 'milliseconds a step', '#8a63c0'],
  ['price', 'credits a new page', '#b8862d'],
];

async function rival(model, n, tokens) {
  const ctx = new Context(model);
  ctx.append(Array.from({ length: 120 }, (_, i) => 1000 + 97 * n + i));
  await ctx.generate(Sampler.argmax(), { maxTokens: tokens, stop: [] }).collectTokens();
  ctx.close();
}

function panel(n, samples) {
  const top = 84 * n;
  const [name, unit, colour] = SERIES[n];
  const values = samples.map((s) => s[n + 1]);
  const most = Math.max(...values, 1e-9);
  const [begin, end] = [samples[0][0], samples.at(-1)[0] + 1e-9];
  const points = samples.map((s, i) =>
    `${(170 + 450 * (s[0] - begin) / (end - begin)).toFixed(1)},${(top + 74 - 60 * values[i] / most).toFixed(1)}`);
  return `<text x="8" y="${top + 24}" font-weight="bold">${name}</text><text x="8" y="${top + 42}">${unit}</text>`
    + `<text x="8" y="${top + 60}">max ${Math.max(...values).toFixed(4)}</text><path d="M170 ${top + 74}H620" stroke="#8884"/>`
    + `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
}

function picture(samples) {
  const panels = SERIES.map((_, n) => panel(n, samples)).join('\n');
  return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 446" font-family="sans-serif" font-size="12" fill="#777">\n'
    + `${panels}\n<text x="170" y="438">${samples[0][0].toFixed(1)} s</text>`
    + `<text x="620" y="438" text-anchor="end">${samples.at(-1)[0].toFixed(1)} s</text></svg>`;
}

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const ctx = new Context(model);
  ctx.user('Write about the sea.');
  ctx.cue();
  const tokens = input.max_tokens ?? 160;
  const rivals = Array.from({ length: input.rivals ?? 0 }, (_, n) => rival(model, n, tokens));
  const samples = [];
  const begun = performance.now();
  for await (const step of ctx.generate(Sampler.argmax(), { maxTokens: tokens, stop: [] })) {
    await step.execute();
    const now = (performance.now() - begun) / 1000;
    samples.push([
      now,
      scheduling.balance(model),
      scheduling.rent(ctx),
      scheduling.dividend(model),
      1000 * scheduling.latency(ctx),
      scheduling.price(),
    ]);
  }
  await Promise.all(rivals);
  return picture(samples);
}
