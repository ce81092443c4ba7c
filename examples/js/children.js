// Children: start other programs from a program, wait for them, cancel them, and hear how they failed.
// A child has its parent's user and permissions and a share of its budget; here every child is this program again in another role.
import { messaging, runtime } from 'inferlet';

const roles = {
  echo: ({ text }) => text,
  fail: ({ text }) => { throw new Error(text); },
  wait: () => messaging.pull(runtime.instanceId()),
  nest: async ({ depth }) => (depth > 1 ? 1 + Number(await start('nest', { depth: depth - 1 }).wait()) : 1),
  user: () => runtime.username(),
  tell: ({ topic }) => messaging.push(topic, 'told'),
};

const start = (role, more = {}) => runtime.launch(runtime.program(), { role, ...more });
const failure = (child, limit = {}) => child.wait(limit).catch((e) => `${e.code}: ${e.message}`);

export async function main(input) {
  if (input.role) return await roles[input.role](input);
  const many = await Promise.all(Array.from({ length: input.children ?? 100 }, (_, i) => start('echo', { text: String(i) }).wait()));
  const payload = 'ä🙂 x\n'.repeat(Math.floor(((input.mib ?? 8) * (1 << 20)) / 9));
  const echoed = await start('echo', { text: payload }).wait();
  const lines = Array.from({ length: 1000 }, (_, i) => `line ${i} ✓`).join('\n');
  const topic = `${runtime.instanceId()}/told`;
  start('tell', { topic }); // nobody waits for it: it runs on by itself
  const told = await messaging.pull(topic);
  const slow = start('wait');
  const late = await failure(slow, { timeout: 50 });
  slow.cancel();
  const flying = start('wait');
  flying.cancel();
  const ended = start('echo', { text: 'done' });
  await ended.wait();
  ended.cancel(); // no effect
  let badName;
  try { runtime.launch('no version', {}); } catch (e) { badName = e.code; }
  return {
    sum: many.reduce((sum, n) => sum + Number(n), 0),
    nested: Number(await start('nest', { depth: input.depth ?? 10 }).wait()),
    payload_intact: echoed === payload,
    lines_intact: await start('echo', { text: lines }).wait() === lines,
    failed: await failure(start('fail', { text: 'no luck ✗' })),
    pid: flying.pid(),
    same_user: await start('user').wait() === runtime.username(),
    detached: told,
    late: late.split(':')[0],
    cancelled: [await failure(slow), await failure(flying)],
    cancelled_after_its_end: ended.get(),
    bad_name: badName,
    missing: (await failure(runtime.launch('nobody@9.9.9', {}))).split(':')[0],
  };
}
