// Chat: stream each answer piece by piece as the model produces it, then wait for the next message of the client.
// The conversation stays in one context, so every turn computes its new tokens only.
// Send messages with `pie send ID TEXT`, or type them in `pie attach ID`; an empty message ends the chat.
import { Context, Model, Sampler, chat, runtime, session } from 'inferlet';

async function answer(ctx, model, maxTokens) {
  const decoder = new chat.Decoder(model);
  for await (const step of ctx.generate(Sampler.topP(0.6, 0.95, { seed: 7 }), { maxTokens })) {
    const out = await step.execute();
    for (const event of decoder.feedAll(out)) {
      if (event.type === 'delta') session.send(event.text);
    }
  }
}

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const ctx = new Context(model);
  ctx.system('You are a friendly assistant. Keep answers short.');
  const turns = [...(input.messages ?? ['Hello! Who are you?', 'Tell me one fact about the sea.'])];
  const interactive = input.interactive ?? false;
  let count = 0;
  while (turns.length > 0 || interactive) {
    const message = turns.shift() ?? (await session.receive());
    if (!message) break;
    ctx.user(message);
    await answer(ctx, model, input.max_tokens ?? 64);
    session.send('\n[done]\n');
    count += 1;
  }
  return { turns: count, tokens_in: runtime.stats().tokensIn };
}
