// Pipeline: processes that hand work to each other. Workers pull jobs from a queue and broadcast what they found.
// A job goes to exactly one worker, a broadcast to all who listen; messages stay inside the engine and in order.
import { Model, messaging, runtime } from 'inferlet';

async function work(jobs, results) {
  const tokenizer = Model.load(runtime.models()[0]).tokenizer();
  let done = 0;
  for (let text = await messaging.pull(jobs); text !== ''; text = await messaging.pull(jobs)) {
    messaging.broadcast(results, JSON.stringify({ text, tokens: tokenizer.encode(text).length }));
    done += 1;
  }
  return done;
}

async function collect(listener, n) {
  const found = [];
  while (found.length < n) found.push(JSON.parse(await listener.next()));
  return found;
}

export async function main(input) {
  if (input.role === 'worker') return await work(input.jobs, input.results);
  const n = input.messages ?? 200;
  const [jobs, results] = [`${runtime.instanceId()}/jobs`, `${runtime.instanceId()}/results`];
  using first = messaging.subscribe(results);
  using second = messaging.subscribe(results);
  const ask = { role: 'worker', jobs, results };
  const children = Array.from({ length: input.workers ?? 2 }, () => runtime.launch(runtime.program(), ask));
  for (let i = 0; i < n; i++) messaging.push(jobs, `message number ${i}`);
  for (const _ of children) messaging.push(jobs, ''); // one end for each worker
  const [one, other] = await Promise.all([collect(first, n), collect(second, n)]);
  const shares = await Promise.all(children.map((child) => child.wait()));
  return {
    messages: new Set(one.map(({ text }) => text)).size,
    tokens: one.reduce((sum, { tokens }) => sum + tokens, 0),
    both_heard_the_same: JSON.stringify(one) === JSON.stringify(other),
    workers: shares.length,
    done: shares.reduce((sum, share) => sum + Number(share), 0),
  };
}
