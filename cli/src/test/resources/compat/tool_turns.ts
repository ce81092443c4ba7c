// Offer tools in the model's own form where it has one, read what it answers, and hand results back over several turns.
import { Context, GrammarConstraint, Model, Sampler, chat, reasoning, runtime, tools } from 'inferlet';

interface Tool {
  name: string;
  description: string;
  parameters: Record<string, unknown>;
}

const WEATHER: Tool = {
  name: 'weather',
  description: 'The weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

export async function main() {
  const model = Model.load(runtime.models()[0]!);
  const ctx = new Context(model);
  ctx.append(tools.equipPrefix(model, [JSON.stringify(WEATHER)]));
  ctx.append(chat.system(model, 'You may call tools.')).append([...chat.user(model, 'How is the weather in Oslo?')]);
  ctx.cue();
  const matcher = tools.nativeMatcher(model, [JSON.stringify(WEATHER)]);
  let g = ctx.generate(Sampler.argmax(), { maxTokens: 20 });
  if (matcher) g = g.constrain(new GrammarConstraint(matcher));
  const [dec, parser, think] = [new tools.Decoder(model), new chat.Decoder(model), new reasoning.Decoder(model)];
  const kinds = new Set<string>();
  const calls: { name: string; args: string }[] = [];
  let text = '';
  outer: for await (const step of g) {
    const out = await step.execute();
    const call = dec.feed(out.tokens);
    if (call.type === 'call') calls.push({ name: call.name, args: call.args });
    kinds.add(call.type).add(think.feed(out.tokens).type);
    const ev = parser.feed(out.tokens);
    switch (ev.type) {
      case 'delta':
        text += ev.text;
        break;
      case 'done':
        text = ev.text;
        break outer;
      default:
        break;
    }
  }
  let refused = '';
  for (const value of [{ sky: 'clear' }, ['warm', 21], 'dry']) {
    try {
      ctx.append(tools.answerPrefix(model, 'weather', value));
    } catch (e) {
      refused = `${e}`;
      ctx.user(`weather: ${JSON.stringify(value)}`);
    }
  }
  ctx.seal();
  dec.reset();
  parser.reset();

  const turns: string[] = [];
  for (const question of ['And in Rome?', 'Thanks. Say bye.']) {
    ctx.user(question).cue();
    const stop = new Set([...chat.stopTokens(model), 0]);
    turns.push(await ctx.generate(Sampler.minP(0.5, 0.2), { maxTokens: 12, stop }).collectText());
    ctx.seal();
  }
  const extra = model.tokenizer().encode('\n');
  const lines = new Context(model).assistant('Old answer.').user('List three colours, one a line.')
    .generate(Sampler.argmax(), { maxTokens: 30 }).addStop(extra);
  const line = await lines.collectText();
  return {
    events: [...kinds].every((k) => ['start', 'call', 'idle', 'delta', 'end'].includes(k)),
    found: calls.length <= 1,
    refused: refused === '' || refused.includes('no tool form'),
    text: text.length > 0 && !text.includes('<|'),
    turns: turns.map((t) => t.trim() !== '' && !t.includes('<|')),
    line: !line.includes('\n') && lines.tokensGenerated <= 30,
    done: lines.isDone,
  };
}
