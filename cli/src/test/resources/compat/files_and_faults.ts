// Keep notes in the program's folder, and go on after whatever goes wrong.
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { Adapter, Context, Image, Model, Sampler, mcp, runtime, zo } from '@pie-project/inferlet';

export async function main() {
  const faults: Record<string, string> = {};
  const attempt = async (what: string, work: () => unknown): Promise<void> => {
    try {
      const value = await work();
      if (value === undefined) faults[what] = 'absent';
    } catch (e: unknown) {
      faults[what] = e instanceof Error ? `${e.name}: ${e.message}` : String(e);
    }
  };
  await mkdir('/scratch/notes', { recursive: true });
  for (let i = 0; i < 2; i++) await appendFile('/scratch/notes/log.jsonl', JSON.stringify({ i }) + '\n');
  const lines = (await readFile('/scratch/notes/log.jsonl', 'utf-8')).trim().split('\n');

  await attempt('model', () => Model.load('no-such-model'));
  const model = Model.load(runtime.models()[0]!);
  const ctx = new Context(model);
  await attempt('empty', () => ctx.forward().execute());
  await attempt('lengths', () => ctx.forward().inputAt(new Uint32Array([1, 2]), new Uint32Array([0])));
  await attempt('constrain', () => ctx.generate(Sampler.argmax(), { constrain: 42 as never }));
  await attempt('schema', () => ctx.user('x').generate(Sampler.argmax(), { maxTokens: 3 }).collectJson({ schema: '{not json' }));
  await attempt('mcp', () => mcp.connect('nobody'));
  await attempt('adapter', () => {
    const adapter = Adapter.open(model, 'none-of-this-name');
    if (adapter) zo.initialize(adapter, 8, 16, 4, 0.5, 0.01);
    return adapter;
  });
  await attempt('image', () => Image.fromBytes(model, new Uint8Array()));
  const answer = await new Context(model).user('Say yes.').generate(Sampler.argmax(), { maxTokens: 4 }).collectText();
  return { lines, faults, answer: answer !== '' };
}
