// Answer HTTP requests: an echo, headers, a delayed answer, events, and an endpoint that answers questions.
//
// Start it on a server:  pie app start web examples/js/web_server.js
// Then:                  curl http://127.0.0.1:8080/apps/web/echo?a=1
import { Context, Model, Sampler, http, runtime, timers } from 'inferlet';

let requests = 0;

export async function handle(request) {
  requests++;
  const { path, query, headers } = request;
  switch (path) {
    case '/echo':
      return Response.json({ method: request.method, query: Object.fromEntries(query), body: await request.text() });
    case '/headers': {
      const answer = { agent: headers.get('user-agent') ?? '', user: headers.get('x-pie-user') };
      return Response.json(answer, { headers: { 'X-Requests': requests } });
    }
    case '/late':
      await timers.sleep(1000 * Number(query.get('seconds') ?? 0.1));
      return new Response('late, as asked for');
    case '/events':
      return http.sse(countdown(Number(query.get('from') ?? 3)));
    case '/responses':
      return respond(await request.json());
  }
  return new Response('no such page', { status: 404 });
}

async function* countdown(n) {
  for (let i = n; i > 0; i--) {
    yield { event: 'count', data: i };
    await timers.sleep(10);
  }
  yield 'lift off';
}

// A small endpoint in the style of /v1/responses: the answer at once, or as events.
async function respond(asked) {
  const model = Model.load(runtime.models()[0]);
  const ctx = new Context(model);
  ctx.user(asked.input);
  const generation = ctx.generate(Sampler.argmax(), { maxTokens: asked.max_output_tokens ?? 32 });
  if (asked.stream) return http.sse(deltas(generation));
  const text = await generation.collectText();
  ctx.release();
  return Response.json({ object: 'response', model: model.name, output_text: text, usage: { output_tokens: generation.tokensGenerated } });
}

async function* deltas(generation) {
  using ctx = generation.context;
  for await (const step of generation) {
    const out = await step.execute();
    if (out.text) yield { event: 'response.output_text.delta', data: { delta: out.text } };
  }
  yield { event: 'response.completed', data: { output_tokens: generation.tokensGenerated } };
}
