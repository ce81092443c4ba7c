// Drive a server with @pie-project/client as it is: what is read here is said by the test beside it.
import { PieClient, inferlet } from '@pie-project/client';
import WebSocket from 'ws';

const client = new PieClient(process.argv[2], { WebSocket, identity: 'default/ada' });
await client.connect();
await client.ping();
const out = {};

const greedy = inferlet(async function greedy(input) {
  const ctx = new pie.Context(pie.Model.load(pie.runtime.models()[0]));
  ctx.user(input.prompt);
  console.log('begun');
  return await ctx.generate(pie.Sampler.argmax(), { maxTokens: input.max }).collectText();
});
const waiting = inferlet(async (input) => {
  await pie.session.send('ready');
  await pie.session.send('got ' + await pie.session.receive());
  while (true) await pie.session.receive();
}, { name: 'waiting' });

let run = await client.run(greedy, { prompt: 'Say hello.', max: 8 });
for (let [event, value] = await next(run); ; [event, value] = await next(run)) {
  if (event === 'stdout') out.begun = value;
  if (event === 'return') { out.text = value; break; }
  if (event === 'error') throw new Error(value);
}
out.has = await client.checkProgram(greedy.program);
run = await client.run(waiting, {});
out.ready = (await next(run))[1];
await run.signal('ping');
out.got = (await next(run))[1];
out.listed = (await client.listProcesses()).map((p) => p.id).includes(run.processId);
await run.terminate();
out.ended = await next(run);
try {
  await client.launchProcess('nothing@9.9.9');
} catch (e) {
  out.unknown = e.message;
}
await client.close();
console.log(JSON.stringify(out));
process.exit(0);

async function next(run) {
  const got = await run.recv();
  return Array.isArray(got) ? got : [got.event, got.value];
}
