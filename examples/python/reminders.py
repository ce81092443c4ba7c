"""Timers: sleep, wait for the client for a while only, and give up waiting without losing what it says later.

A wait that is cancelled or runs out leaves the message where it is; the next `receive` gets it.
"""

import asyncio
import time

from inferlet import PieTimeoutError, session, timers


async def main(input):
    begun = time.perf_counter()
    await timers.sleep(input.get("seconds", 0.05))
    slept = time.perf_counter() - begun

    try:
        await timers.timeout(session.receive(), input.get("patience", 0.05))
        quiet = False
    except PieTimeoutError:
        quiet = True

    waiting = asyncio.create_task(session.receive())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])  # a task is cancelled when it next has its turn
    session.send("speak")
    first = await session.receive()
    race = asyncio.create_task(session.receive())
    done, _ = await asyncio.wait([race, asyncio.create_task(asyncio.sleep(60))], return_when=asyncio.FIRST_COMPLETED)
    return {"slept": slept >= input.get("seconds", 0.05), "quiet": quiet, "first": first, "second": race.result(), "cancelled": waiting.cancelled()}
