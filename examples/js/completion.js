// Raw completion: go on with a text as it stands, without a chat template, up to the end of its line.
import { Context, Model, Sampler, runtime } from 'inferlet';

export async function main(input) {
  const model = Model.load(runtime.models()[0]);
  const prompt = input.prompt ?? 'The days of the week are Monday, Tuesday,';
  const ctx = new Context(model).appendText(prompt);
  const generation = ctx.generate(Sampler.argmax(), {
    maxTokens: input.max_tokens ?? 24,
    autoFlush: false, // no header of an assistant's turn, and no stop tokens but these
    stop: ['\n', ...model.info().stopIds],
  });
  const text = await generation.collectText();
  return { prompt, text, finish: generation.finishReason, tokens: generation.tokensGenerated };
}
