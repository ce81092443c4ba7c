"""Children: start other programs from a program, wait for them, cancel them, and hear how they failed.

A child has its parent's user and permissions and a share of its budget; here every child is this program again in another role.
"""

import asyncio

from inferlet import CancelledError, GuestError, InvalidArgumentError, NotFoundError, PieTimeoutError, messaging, runtime


async def role(name, input):
    match name:
        case "echo":
            return input["text"]
        case "fail":
            raise Exception(input["text"])
        case "wait":
            await messaging.pull(runtime.instance_id())
        case "nest":
            return 1 + int(await start("nest", depth=input["depth"] - 1)) if input["depth"] > 1 else 1
        case "user":
            return runtime.username()
        case "tell":
            messaging.push(input["topic"], "told")


def start(name, **more):
    return runtime.launch(runtime.program(), {"role": name, **more})


async def failure(child, **limit):
    try:
        await child.wait(**limit)
    except (CancelledError, GuestError, NotFoundError, PieTimeoutError) as e:
        return f"{e.code.value}: {e}"


async def main(input):
    if "role" in input:
        return await role(input["role"], input)
    n, mib = input.get("children", 100), input.get("mib", 8)
    many = await asyncio.gather(*[start("echo", text=str(i)) for i in range(n)])
    payload = "ä🙂 x\n" * (mib * (1 << 20) // 9)
    echoed = await start("echo", text=payload)
    lines = "\n".join(f"line {i} ✓" for i in range(1000))
    topic = f"{runtime.instance_id()}/told"
    start("tell", topic=topic)  # nobody waits for it: it runs on by itself
    told = await messaging.pull(topic)
    slow = start("wait")
    late = await failure(slow, timeout=0.05)
    slow.cancel()
    flying = start("wait")
    flying.cancel()
    ended = start("echo", text="done")
    await ended
    ended.cancel()  # no effect
    try:
        runtime.launch("no version", {})
    except InvalidArgumentError as e:
        bad_name = e.code.value
    return {
        "sum": sum(map(int, many)),
        "nested": int(await start("nest", depth=input.get("depth", 10))),
        "payload_intact": echoed == payload,
        "lines_intact": await start("echo", text=lines) == lines,
        "failed": await failure(start("fail", text="no luck ✗")),
        "pid": flying.pid(),
        "same_user": await start("user") == runtime.username(),
        "detached": told,
        "late": late.split(":")[0],
        "cancelled": [await failure(slow), await failure(flying)],
        "cancelled_after_its_end": ended.get(),
        "bad_name": bad_name,
        "missing": (await failure(runtime.launch("nobody@9.9.9", {}))).split(":")[0],
    }
