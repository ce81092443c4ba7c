// Own decode loop: read the raw logits of every step and choose the next token in JavaScript.
// The rule here is one that no server offers: greedy, but a word that was used in the answer may not be used again.
import { Context, Logits, Model, chat, runtime } from 'inferlet';

function likeliest(logits, banned) {
  let best = -1;
  for (let id = 0; id < logits.length; id++) {
    if ((best < 0 || logits[id] > logits[best]) && !banned.has(id)) best = id;
  }
  return best;
}

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const tokenizer = model.tokenizer();
  const ctx = new Context(model);
  ctx.user(input.prompt ?? 'List words about the sea.');
  ctx.cue();
  const stop = new Set(chat.stopTokens(model));
  const freeToRepeat = new Set(tokenizer.encode(', . \n and the a of'));

  const tokens = [];
  while (tokens.length < (input.max_tokens ?? 24)) {
    const forward = ctx.forward(); // takes the pending tokens as rows
    const handle = forward.probe('last', new Logits());
    const out = await forward.execute();
    const bytes = out.logits(handle);
    const logits = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    const banned = new Set(input.repeat ? [] : tokens.filter((t) => !freeToRepeat.has(t)));
    const token = likeliest(logits, banned);
    if (stop.has(token)) break;
    tokens.push(token);
    ctx.append([token]);
  }
  return tokenizer.decode(tokens);
}
