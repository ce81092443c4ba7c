// Decode in a loop of one's own with hierarchical masks: each paragraph sees the head and itself, the answer sees all of it.
import { Context, Model, Sampler, chat, runtime, type Brle } from '@pie-project/inferlet';

function brle(total: number, seen: [number, number][]): Uint32Array {
  const runs: number[] = [];
  let at = 0;
  for (const [start, end] of seen) {
    runs.push(start - at, end - start);
    at = end;
  }
  if (at < total) runs.push(total - at);
  return new Uint32Array(runs);
}

export async function main(input: { question?: string; max_tokens?: number }) {
  const model = Model.load(runtime.models()[0]);
  const tokenizer = model.tokenizer();
  const stops = new Set([...chat.stopTokens(model), ...tokenizer.encode('\n\n')]);
  const head = Array.from(chat.system(model, 'Answer from the paragraphs.'));
  const paragraphs = ['The cat is black. ', 'The dog is white. '].map((text) => [...tokenizer.encode(text)]);
  const tail = [...chat.user(model, input.question ?? 'Which colour has the dog?'), ...chat.cue(model)];
  const tokens = new Uint32Array([...head, ...paragraphs[0], ...paragraphs[1], ...tail]);
  const n = tokens.length;
  const h = head.length;
  const p = h + paragraphs[0].length;
  const q = p + paragraphs[1].length;

  const masks: Uint32Array[] = [];
  for (let i = 0; i < n; i++) {
    if (i < h || i >= q) masks.push(brle(n, [[0, i + 1]]));
    else if (i < p) masks.push(brle(n, [[0, h], [h, i + 1]]));
    else masks.push(brle(n, [[0, h], [p, i + 1]]));
  }
  const ctx = new Context(model);
  let fwd = ctx.forward();
  if (fwd.startPosition() !== 0) throw new Error('not at the beginning');
  fwd.input(tokens);
  fwd.attentionMask(masks);
  let handle = fwd.sample([n - 1], Sampler.argmax());
  let token: number | undefined = (await fwd.execute()).token(handle);
  const answer: number[] = [];
  while (token !== undefined && !stops.has(token) && answer.length < (input.max_tokens ?? 10)) {
    answer.push(token);
    fwd = ctx.forward();
    const total = fwd.startPosition() + 1;
    fwd.input(new Uint32Array([token]));
    fwd.attentionMask([brle(total, [[0, total]])]);
    handle = fwd.sample([0], Sampler.argmax());
    token = (await fwd.execute()).token(handle);
  }
  return { answer: tokenizer.decode(new Uint32Array(answer)), tokens: ctx.seqLen - n === answer.length };
}
