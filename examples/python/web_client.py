"""HTTP client: ask other hosts from inside the engine, several at once, streamed, and only where the operator allows it.

Hosts need a permission: `pie run --allow network=example.com web_client.py -- --url http://example.com`.
"""

import asyncio

from inferlet import PermissionDeniedError, UpstreamError, http


async def refused(url):
    try:
        await http.get(url)
        return False
    except PermissionDeniedError:
        return True


async def main(input):
    url = input["url"]
    moved = await http.fetch(f"{url}/moved")
    posted = await (await http.fetch(f"{url}/echo", method="POST", json={"n": 1}, headers={"X-Mark": "m"})).json()
    pieces = [len(piece) async for piece in await http.fetch(f"{url}/stream")]
    pages = await asyncio.gather(*[http.get(f"{url}/page?n={n}") for n in range(input.get("concurrent", 8))])
    try:
        await http.get(f"{url}/missing")
    except UpstreamError as e:
        missing = e.details["status"]
    return {
        "redirected": [moved.status, moved.redirected, await moved.text()],
        "posted": posted,
        "streamed": sum(pieces),
        "pages": [page.decode() for page in pages],
        "missing": missing,
        "private_refused": [await refused(to) for to in ("http://10.0.0.1/", "http://169.254.169.254/latest", f"{url}/inside")],
    }
