// HTTP client: ask other hosts from inside the engine, several at once, streamed, and only where the operator allows it.
// Hosts need a permission: `pie run --allow network=example.com web_client.js -- --url http://example.com`.
import { PermissionDeniedError, http } from 'inferlet';

const refused = (url) => http.get(url).then(() => false, (e) => e instanceof PermissionDeniedError);

export async function main({ url, concurrent = 8 }) {
  const moved = await fetch(`${url}/moved`);
  const json = { method: 'POST', body: JSON.stringify({ n: 1 }), headers: { 'Content-Type': 'application/json', 'X-Mark': 'm' } };
  const posted = await (await fetch(`${url}/echo`, json)).json();
  let streamed = 0;
  for await (const piece of (await fetch(`${url}/stream`)).body) streamed += piece.length;
  const pages = await Promise.all(Array.from({ length: concurrent }, async (_, n) => (await fetch(`${url}/page?n=${n}`)).text()));
  const missing = await http.get(`${url}/missing`).catch((e) => e.details.status);
  return {
    redirected: [moved.status, moved.redirected, await moved.text()],
    posted,
    streamed,
    pages,
    missing,
    private_refused: await Promise.all(['http://10.0.0.1/', 'http://169.254.169.254/latest', `${url}/inside`].map(refused)),
  };
}
