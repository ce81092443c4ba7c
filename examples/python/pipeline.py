"""Pipeline: processes that hand work to each other. Workers pull jobs from a queue and broadcast what they found.

A job goes to exactly one worker, a broadcast to all who listen; messages stay inside the engine and in order.
"""

import asyncio
import json

from inferlet import Model, messaging, runtime


async def work(jobs, results):
    tokenizer = Model.load(runtime.models()[0]).tokenizer()
    done = 0
    while (text := await messaging.pull(jobs)) != "":
        messaging.broadcast(results, json.dumps({"text": text, "tokens": len(tokenizer.encode(text))}))
        done += 1
    return done


async def collect(listener, n):
    return [json.loads(await listener.next()) for _ in range(n)]


async def main(input):
    if input.get("role") == "worker":
        return await work(input["jobs"], input["results"])
    n, workers = input.get("messages", 200), input.get("workers", 2)
    jobs, results = f"{runtime.instance_id()}/jobs", f"{runtime.instance_id()}/results"
    with messaging.subscribe(results) as first, messaging.subscribe(results) as second:
        ask = {"role": "worker", "jobs": jobs, "results": results}
        children = [runtime.launch(runtime.program(), ask) for _ in range(workers)]
        for i in range(n):
            messaging.push(jobs, f"message number {i}")
        for _ in children:
            messaging.push(jobs, "")  # one end for each worker
        one, other = await asyncio.gather(collect(first, n), collect(second, n))
    shares = [int(share) for share in await asyncio.gather(*children)]
    return {
        "messages": len({found["text"] for found in one}),
        "tokens": sum(found["tokens"] for found in one),
        "both_heard_the_same": one == other,
        "workers": len(shares),
        "done": sum(shares),
    }
