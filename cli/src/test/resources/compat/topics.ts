// Let workers of one program talk over topics, and give up waiting in time.
import { Subscription, messaging, runtime, session } from 'inferlet';

const DONE = 'done';

async function listen(sub: Subscription): Promise<string[]> {
  const heard: string[] = [];
  for await (const msg of sub) {
    if (msg === DONE) sub.unsubscribe();
    else heard.push(msg);
  }
  return heard;
}

async function worker(queue: string, results: string, by: number): Promise<void> {
  for (;;) {
    const text = await messaging.pull(queue);
    if (text === DONE) return;
    const { n } = JSON.parse(text) as { n: number };
    messaging.push(results, JSON.stringify({ n: n ** 2, by }));
  }
}

const within = <T>(work: Promise<T>, ms: number): Promise<T | 'late'> =>
  Promise.race([work, new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), ms))]);

export async function main() {
  const me = runtime.instanceId();
  const [events, queue, results] = ['events', 'jobs', 'results'].map((t) => `${me}/${t}`) as [string, string, string];
  let also: (string | undefined)[] = [];
  let heard: string[] = [];
  {
    using first = messaging.subscribe(events);
    const listener = listen(messaging.subscribe(events));
    for (const word of ['a', 'b', 'ü 🜁', DONE]) messaging.broadcast(events, word);
    heard = await listener;
    for (let i = 0; i < 4; i++) also.push(await first.next());
  }

  const workers = [0, 1].map((i) => worker(queue, results, i));
  for (let n = 0; n < 6; n++) messaging.push(queue, JSON.stringify({ n }));
  const squares: number[] = [];
  while (squares.length < 6) squares.push(JSON.parse(await messaging.pull(results)).n);
  workers.forEach(() => messaging.push(queue, DONE));
  await Promise.all(workers);

  const late: string[] = [];
  const quiet = messaging.subscribe(`${me}/quiet`);
  if ((await within(quiet.next(), 50)) === 'late') late.push('next');
  quiet.unsubscribe();
  if ((await quiet.next()) === undefined) late.push('end');
  session.send({ heard, also });
  session.send([1, null, true]);
  session.sendFile(new Uint8Array([0, 255]));
  return { squares: squares.sort((a, b) => a - b), late };
}
