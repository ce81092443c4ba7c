import { given, endable, makeError } from './base.js';

export const http = Object.freeze({
  fetch: globalThis.fetch,
  get: (url, options) => endable(async (o) => {
    const response = await globalThis.fetch(url, o);
    if (response.ok) return await response.bytes();
    await response.body?.cancel();
    throw makeError('UPSTREAM_FAILURE', `http.get: ${response.url} answers with status ${response.status}`,
      JSON.stringify({ peer: response.url, status: response.status }));
  }, options),
  // An answer of server-sent events: text, objects with event, data, id and retry, or any JSON value; each is sent at once.
  sse: (events, options) => {
    const { status, headers } = given(options);
    const response = new Response(framed(events), { status, headers });
    response.headers.set('content-type', 'text/event-stream; charset=utf-8');
    if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-cache');
    return response;
  },
});
const SSE_FIELDS = ['event', 'id', 'retry', 'data'];
async function* framed(events) {
  for await (const event of events) {
    const keys = typeof event === 'object' && event !== null && !Array.isArray(event) ? Object.keys(event) : [];
    const fields = keys.length && keys.every((k) => SSE_FIELDS.includes(k)) ? event : { data: event };
    const text = (value) => (typeof value === 'string' ? value : JSON.stringify(value));
    yield SSE_FIELDS.filter((k) => k in fields)
      .flatMap((k) => text(fields[k]).split('\n').map((line) => `${k}: ${line}`)).join('\n') + '\n\n';
  }
}
