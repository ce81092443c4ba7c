// Timers: sleep, wait for the client for a while only, and give up waiting without losing what it says later.
// A wait that is cancelled or runs out leaves the message where it is; the next `receive` gets it.
import { PieTimeoutError, session, timers } from 'inferlet';

export async function main(input) {
  const { seconds = 0.05, patience = 0.05 } = input;
  const begun = performance.now();
  await timers.sleep(1000 * seconds);
  const slept = performance.now() - begun;

  const quiet = await timers.timeout(session.receive(), 1000 * patience).then(() => false, (e) => e instanceof PieTimeoutError);

  const giveUp = new AbortController();
  const waiting = session.receive({ signal: giveUp.signal }).then(() => false, (e) => e.name === 'AbortError');
  giveUp.abort();
  session.send('speak');
  const first = await session.receive();
  const second = await Promise.race([session.receive(), timers.sleep(60_000)]);
  return { slept: slept >= 1000 * seconds, quiet, first, second, cancelled: await waiting };
}
