// Keep the modules of a prompt as snapshots: what an earlier run saved is opened, the rest is computed and saved.
import { Context, Model, Sampler, chat, runtime } from 'inferlet';

const MODULES: [string, string][] = [
  ['role', 'You are a guide in a museum.'],
  ['style', 'Answer briefly and kindly.'],
  ['facts', 'The museum opens at nine and closes at five.'],
];

function find(model: Model, name: string): Context | undefined {
  try {
    return Context.open(model, name);
  } catch {
    return undefined;
  }
}

export async function main(input: { root?: string; question?: string }) {
  const model = Model.load(runtime.models()[0]);
  let [hits, misses] = [0, 0];
  let ctx: Context | undefined;
  let path = input.root ?? 'museum';
  for (const [name, text] of MODULES) {
    path += `/${name}`;
    const found = find(model, path);
    if (found) {
      hits += 1;
      ctx = found;
      continue;
    }
    misses += 1;
    ctx = ctx?.fork() ?? new Context(model);
    ctx.append(Array.from(misses + hits === 1 ? chat.system(model, text) : chat.user(model, text)));
    await ctx.flush();
    ctx.save(path);
  }
  let again = 'saved twice';
  try { ctx!.save(path); } catch { again = 'refused'; }
  ctx!.user(input.question ?? 'When do you open?');
  const answer = await ctx!.generate(Sampler.argmax(), { maxTokens: 12 }).collectText();
  return { hits, misses, again, answer: answer.trim() };
}
