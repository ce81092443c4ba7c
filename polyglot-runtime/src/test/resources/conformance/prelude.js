import * as p from 'inferlet';
const { Context, Model, Sampler, Stage, Mask, Logits, Distribution, Logprob, Logprobs, Entropy, runtime, chat, contexts, reasoning, session, timers, tools, messaging, mcp, http, filesystem } = p;
const model = Model.load(runtime.models()[0]);
const tk = model.tokenizer();
// A context in which the text is pending.
const fresh = (text = 'The quick brown fox') => new Context(model).appendText(text);
const same = (a, b) => JSON.stringify(Array.from(a)) === JSON.stringify(Array.from(b));
// The code of the error that a call throws, or that its promise is rejected with.
async function code(call) {
  try { await call(); return 'none'; } catch (e) { return e instanceof p.PieError && e.message ? e.code : `${e}`; }
}
