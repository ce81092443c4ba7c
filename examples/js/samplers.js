// Samplers: every stage of a sampling chain worked out again in the program, and the engine's draw predicted to the token.
// A seeded draw is a pure function of the logits, the chain, the seed and the position: this file is that function, in short.
import { Context, Distribution, Entropy, Logits, Logprob, Logprobs, Mask, Model, Sampler, Stage, runtime } from 'inferlet';

// Philox4x32-10, the two first words as a number in [0, 1).
function uniform(seed, position) {
  const words = (1n << 32n) - 1n;
  let x = [BigInt(position), 0n, 0n, 0n];
  let [k0, k1] = [BigInt(seed) & words, BigInt(seed) >> 32n];
  for (let round = 0; round < 10; round++) {
    const [a, b] = [0xD2511F53n * x[0], 0xCD9E8D57n * x[2]];
    x = [(b >> 32n) ^ x[1] ^ k0, b & words, (a >> 32n) ^ x[3] ^ k1, a & words];
    k0 = (k0 + 0x9E3779B9n) & words;
    k1 = (k1 + 0xBB67AE85n) & words;
  }
  return Number(((x[0] << 32n) + x[1]) >> 11n) * 2 ** -53;
}

function softmax(logits) {
  const top = Math.max(...logits.values());
  const weights = new Map([...logits].map(([i, x]) => [i, Math.exp(x - top)]));
  const total = [...weights.values()].reduce((a, b) => a + b);
  return new Map([...weights].map(([i, w]) => [i, w / total]));
}

function until(order, p, mass) {
  let total = 0;
  const end = order.findIndex((i) => (total += p.get(i)) >= mass);
  return end < 0 ? order : order.slice(0, end + 1);
}

// One stage: the logits of what it keeps.
function apply(logits, stage, x, written) {
  const p = softmax(logits);
  const by = (rank) => [...logits.keys()].sort((a, b) => rank(a) - rank(b) || a - b);
  const each = (change) => new Map([...logits].map(([i, l]) => [i, change(l, written.filter((t) => t === i).length)]));
  const falling = by((i) => -logits.get(i));
  const entropy = -[...p.values()].reduce((sum, q) => sum + q * Math.log(q), 0);
  const top = Math.max(...p.values());
  switch (stage) {
    case 'temperature': return each((l) => l / x);
    case 'repetitionPenalty': return each((l, n) => (n === 0 ? l : l > 0 ? l / x : l * x));
    case 'presencePenalty': return each((l, n) => (n ? l - x : l));
    case 'frequencyPenalty': return each((l, n) => l - x * n);
  }
  const kept = {
    topK: () => (x ? falling.slice(0, x) : falling),
    topP: () => until(falling, p, x),
    minP: () => falling.filter((i) => p.get(i) >= x * top),
    typical: () => until(by((i) => Math.abs(-Math.log(p.get(i)) - entropy)), p, x),
  }[stage]();
  return new Map(kept.map((i) => [i, logits.get(i)]));
}

function draw(logits, seed, position) {
  const p = softmax(logits);
  const u = uniform(seed, position);
  let total = 0;
  return [...p.keys()].sort((a, b) => a - b).find((i) => (total += p.get(i)) > u);
}

const CHAINS = [
  [],
  [['temperature', 0.5]],
  [['temperature', 1.5], ['topK', 5]],
  [['topP', 0.7]],
  [['minP', 0.2], ['temperature', 2.0]],
  [['typical', 0.6]],
  [['repetitionPenalty', 1.5], ['temperature', 1.2]],
  [['presencePenalty', 2.0]],
  [['frequencyPenalty', 1.5], ['topP', 0.9]],
];
const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const floats = (bytes) => new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const prompt = [...model.tokenizer().encode(input.text ?? 'The cat sat on the mat and the cat')];
  // a few ids, so that the reference need not sort the vocabulary
  const allowed = [...new Set([...prompt, ...Array.from({ length: 60 }, (_, i) => 300 + i)])].sort((a, b) => a - b);
  const ctx = new Context(model).append(prompt);
  await ctx.flush();
  const predicted = {};
  for (const chain of CHAINS) {
    let right = 0;
    for (let seed = 0; seed < (input.seeds ?? 3); seed++) {
      const forward = ctx.forward().mask(Mask.ids(allowed));
      const token = forward.sample('last', Sampler.chain(chain.map(([name, x]) => Stage[name](x)), { seed }));
      const logits = forward.probe('last', new Logits());
      const out = await forward.execute();
      const row = floats(out.logits(logits));
      let left = new Map(allowed.map((i) => [i, row[i]]));
      for (const [name, x] of chain) left = apply(left, name, x, prompt);
      right += out.token(token) === draw(left, seed, prompt.length);
    }
    predicted[chain.map(([name]) => snake(name)).join(' ') || 'plain'] = right;
  }

  const forward = ctx.forward();
  const greedy = forward.sample('last', Sampler.argmax());
  const [top, entropy, logits, one, several] =
    [new Distribution(1.0, 8), new Entropy(), new Logits(), new Logprob(prompt[0]), new Logprobs(prompt.slice(0, 3))]
      .map((probe) => forward.probe('last', probe));
  const out = await forward.execute();
  const row = floats(out.logits(logits));
  const [ids, p] = out.distribution(top);
  return {
    predicted,
    greedy_is_the_largest: out.token(greedy) === ids[0] && ids[0] === row.indexOf(row.reduce((a, b) => Math.max(a, b))),
    probabilities_fall: p.every((q, i) => i === 0 || q <= p[i - 1]) && p.reduce((a, b) => a + b) <= 1 + 1e-5,
    logprobs_agree: out.logprobs(one)[0] === out.logprobs(several)[0],
    entropy_in_range: out.entropy(entropy) >= 0 && out.entropy(entropy) <= Math.log(row.length),
  };
}
