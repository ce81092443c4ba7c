// Stream one answer with the decoders of the chat and of the reasoning.
import { Context, Model, Sampler, chat, reasoning, runtime, session } from '@pie-project/inferlet';

interface Input { system?: string; prompt?: string; max_tokens?: number }

export async function main(input: Input) {
  const model = Model.load(runtime.models()[0]);
  using ctx = new Context(model);
  ctx.system(input.system ?? 'You are a helpful assistant.').user(input.prompt ?? 'Say hello.');
  ctx.cue();
  const decoder = new chat.Decoder(model);
  const thinking = new reasoning.Decoder(model);
  let thoughts = 0;
  let text = '';
  for await (const step of ctx.generate(Sampler.topP(0.6, 0.95), { maxTokens: input.max_tokens ?? 12 })) {
    const out = await step.execute();
    const thought = thinking.feed(out.tokens);
    if (thought.type === 'delta') thoughts += thought.text.length;
    const event = decoder.feed(out.tokens);
    if (event.type === 'delta') {
      text += event.text;
      session.send(event.text);
    } else if (event.type === 'done') break;
  }
  session.send('[done]');
  session.setReturn(text && thoughts === 0 ? 'done' : 'nothing was said');
}
