import { ops } from './base.js';
import { makeError } from './errors.js';
import { AbortController } from './events.js';
import { Headers, Request, Response } from './fetch.js';
import { call } from './operations.js';
import { listen, report } from './outcome.js';
import { seed } from './random.js';
import { bytesOf, ReadableStream } from './streams.js';
import { URLSearchParams } from './url.js';

// Answer requests with a function of the program until no more come; `done` hears of the end.
export function serve(file, entry, seedValue, done) {
  seed(seedValue);
  listen(done);
  import(file).then(async (module) => {
    const whole = module.default;
    const handle = module[entry] ?? (typeof whole === 'function' ? whole : whole?.fetch?.bind(whole));
    if (typeof handle !== 'function') {
      throw makeError('INVALID_ARGUMENT', `the program exports no function ${entry}(request), and no default with fetch, which would answer requests`, '{}');
    }
    const open = new Set();
    for (let h = await call(ops.request_next()); h !== undefined; h = await call(ops.request_next())) {
      const one = respond(handle, h).finally(() => open.delete(one));
      open.add(one);
    }
    await Promise.all(open);
    done(true, '', '', '', '', '{}');
  }).catch((error) => report(error, done));
}
async function respond(handle, h) {
  const over = new AbortController();
  const left = new AbortController();
  let reader;
  call(ops.request_gone(h), { signal: over.signal }).then(() => {
    left.abort(makeError('CANCELLED', 'the client of this request has left', '{}'));
    reader?.cancel();
  }, () => {});
  try {
    let response = await handle(incoming(h, left.signal));
    if (!(response instanceof Response)) response = new Response(response);
    ops.request_begin(h, response.status, [...response.headers].flat());
    if (response.body !== null) {
      reader = response.body.getReader();
      for (let r = await reader.read(); !r.done; r = await reader.read()) {
        const chunk = bytesOf(r.value);
        if (chunk.length) await call(ops.request_write(h, chunk.buffer.slice(chunk.byteOffset, chunk.byteOffset + chunk.byteLength)));
      }
    }
    ops.request_end(h);
  } catch (error) {
    ops.request_fail(h);
    if (!left.signal.aborted) console.error(error instanceof Error ? error.stack ?? String(error) : error);
    await reader?.cancel().catch(() => {});
  } finally {
    over.abort();
  }
}
// The request as the Fetch standard has it, with the path below the program's address and the query beside.
function incoming(h, signal) {
  const [method, path, query, ...flat] = ops.request_info(h);
  const headers = new Headers();
  for (let i = 0; i < flat.length; i += 2) headers.append(flat[i], flat[i + 1]);
  const body = new ReadableStream({
    async pull(c) {
      const chunk = await call(ops.request_piece(h), { signal });
      chunk === undefined ? c.close() : c.enqueue(chunk);
    },
  });
  const empty = /^(GET|HEAD)$/.test(method);
  const url = `http://${headers.get('host') ?? 'pie'}${path}${query ? `?${query}` : ''}`;
  return Object.assign(new Request(url, { method, headers, signal, body: empty ? undefined : body }), { path, query: new URLSearchParams(query) });
}
