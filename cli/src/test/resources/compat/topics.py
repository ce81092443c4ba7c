"""Let workers of one program talk over topics, and give up waiting in time."""
import asyncio
import json

from inferlet import messaging, runtime, session, set_return

DONE = "done"


async def listen(sub: messaging.Subscription, ready: asyncio.Event) -> list[str]:
    ready.set()
    heard = []
    async for msg in sub:
        if msg == DONE:
            sub.unsubscribe()
        else:
            heard.append(msg)
    return heard


async def worker(queue: str, results: str, n: int) -> None:
    while (text := await messaging.pull(queue)) != DONE:
        job = json.loads(text)
        messaging.push(topic=results, message=json.dumps({"n": job["n"] ** 2, "by": n}))


async def main(input: dict) -> None:
    me = runtime.instance_id()
    events, queue, results = f"{me}/events", f"{me}/jobs", f"{me}/results"
    ready = asyncio.Event()
    with messaging.subscribe(topic=events) as first:
        listeners = asyncio.create_task(listen(messaging.subscribe(events), ready))
        await ready.wait()
        for word in ("a", "b", "ü 🜁"):
            messaging.broadcast(topic=events, message=word)
        messaging.broadcast(events, DONE)
        heard = await asyncio.wait_for(listeners, timeout=10)
        also = [await first.next() for _ in range(4)]

    workers = [asyncio.ensure_future(worker(queue, results, i)) for i in range(2)]
    for n in range(6):
        messaging.push(queue, json.dumps({"n": n}))
    squares = sorted([json.loads(await messaging.pull(results))["n"] for _ in range(6)])
    for _ in workers:
        messaging.push(queue, DONE)
    await asyncio.gather(*workers)

    late = []
    try:
        await asyncio.wait_for(messaging.pull(f"{me}/never"), 0.05)
    except asyncio.TimeoutError:
        late.append("pull")
    quiet = messaging.subscribe(f"{me}/quiet")
    try:
        async with asyncio.timeout(0.05):
            await quiet.next()
    except TimeoutError:
        late.append("next")
    messaging.push(f"{me}/never", "kept")
    kept = await messaging.pull(f"{me}/never")
    session.send({"heard": heard, "also": also})
    session.send([1, None, True])
    session.send_file(b"\x00\xff")
    set_return(value=json.dumps({"squares": squares, "late": late, "kept": kept}))
