// Extraction to a graph: one relation per sentence, all sentences at once, under a schema made of the names in the text.
// The engine computes the prompts while the program looks for the names; the graph is made in the program, and only it leaves.
import { Context, Model, Sampler, runtime } from 'inferlet';

interface Edge { from: string; verb: string; to: string }
interface Input { text?: string; verbs?: string[] }

const TEXT = 'Ada wrote a letter to Charles. Charles built a machine in London. Mary taught Ada. Charles met Mary.';
const VERBS = ['wrote to', 'built', 'taught', 'met'];

async function prepare(base: Context, sentence: string): Promise<Context> {
  const ctx = base.fork().user(`Which relation does this sentence tell? ${sentence}`).cue();
  await ctx.flush();
  return ctx;
}

async function extract(prepared: Promise<Context>, schema: object): Promise<Edge> {
  using ctx = await prepared;
  return await ctx.generate(Sampler.argmax(), { maxTokens: 48 }).collectJson<Edge>({ schema });
}

function reachable(edges: Edge[], start: string): string[] {
  const seen = new Set<string>();
  const todo = [start];
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    todo.push(...edges.filter(({ from }) => from === name).map(({ to }) => to));
  }
  seen.delete(start);
  return [...seen].sort();
}

export async function main(input: Input) {
  const text = input.text ?? TEXT;
  const base = new Context(Model.load(runtime.models()[0])).system('You extract relations between names as JSON.');
  await base.flush();
  const sentences = text.match(/[^.]+\./g) ?? [];
  const prefills = sentences.map((sentence) => prepare(base, sentence.trim())); // on their way; what follows runs beside them
  const names = [...new Set(text.match(/\b[A-Z][a-z]+\b/g))].sort();
  const schema = {
    type: 'object',
    required: ['from', 'verb', 'to'],
    properties: { from: { enum: names }, verb: { enum: input.verbs ?? VERBS }, to: { enum: names } },
  };
  const edges: Edge[] = await Promise.all(prefills.map((prefill) => extract(prefill, schema)));
  return { names, edges, reachable: Object.fromEntries(names.map((name) => [name, reachable(edges, name)])) };
}
