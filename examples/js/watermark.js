// Watermark: favour a half of the vocabulary that the token before chooses, and find the mark again in the text by a z-score.
// The program sees every step before it is run: it adds a bias to the logits of the favoured half. No server offers this rule. The same is
// done once more from the raw logits, with a choice of the program's own.
import { Context, Logits, Mask, Model, Sampler, runtime } from 'inferlet';

// A half of the ids: whether an id is in it follows from the token before alone.
function favoured(token, vocabulary) {
  const start = Number((BigInt(token) * 2654435761n) % BigInt(vocabulary));
  const half = Math.floor(vocabulary / 2);
  return start + half <= vocabulary ? Mask.range(start, start + half)
    : Mask.ranges([[0, start + half - vocabulary], [start, vocabulary]]);
}

function zScore(tokens, vocabulary) {
  const n = tokens.length - 1;
  const hits = tokens.slice(1).filter((token, i) => favoured(tokens[i], vocabulary).contains(token)).length;
  return (hits - n / 2) / Math.sqrt(n / 4);
}

async function write(model, prompt, n, bias, sampler = Sampler.topP(1, 0.98, { seed: 5 })) {
  const { vocabSize } = model.info();
  const tokens = [];
  for await (const step of new Context(model).user(prompt).generate(sampler, { maxTokens: n, stop: [] })) {
    if (tokens.length && bias) step.logitBias(favoured(tokens.at(-1), vocabSize), bias);
    tokens.push(...(await step.execute()).tokens);
  }
  return tokens;
}

// The best id once those in the mask have their bias: runs of a mask are not in it and in it in turn.
function chosen(logits, mask, bias) {
  const scores = new Float32Array(logits.buffer, logits.byteOffset, logits.length / 4).slice();
  let start = 0;
  mask.forEach((run, i) => {
    if (i % 2 === 1) for (let id = start; id < start + run; id++) scores[id] += bias;
    start += run;
  });
  return scores.reduce((best, score, id) => (score > scores[best] ? id : best), 0);
}

// Draw no token: read the logits of the step, choose, and have the choice accepted.
async function writeByHand(model, prompt, n, bias) {
  const { vocabSize } = model.info();
  const generation = new Context(model).user(prompt).generate(Sampler.argmax(), { maxTokens: n, stop: [] });
  const tokens = [];
  for await (const step of generation) {
    step.clearSampler();
    const handle = step.probe(0, new Logits());
    const logits = (await step.execute()).logits(handle);
    tokens.push(...generation.accept([chosen(logits, tokens.length ? favoured(tokens.at(-1), vocabSize) : [], bias)]));
  }
  return tokens;
}

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const n = input.max_tokens ?? 40;
  const { vocabSize } = model.info();
  const prompt = input.prompt ?? 'Tell a story about a lighthouse.';
  const marked = await write(model, prompt, n, input.bias ?? 6);
  const plain = await write(model, prompt, n, 0);
  const short = Math.min(n, 8);
  const greedy = await write(model, prompt, short, 6, Sampler.argmax());
  const byHand = await writeByHand(model, prompt, short, 6);
  return {
    text: model.tokenizer().decode(marked, { skipSpecial: true }),
    z_marked: Number(zScore(marked, vocabSize).toFixed(2)),
    z_plain: Number(zScore(plain, vocabSize).toFixed(2)),
    same_by_hand: byHand.join() === greedy.join(),
  };
}
