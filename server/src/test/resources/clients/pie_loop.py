"""Drive a server with the pie-client package as it is: what is read here is said by the test beside it."""

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

from pie_client import Event, PieClient

PROGRAM = '''
from inferlet import Context, Model, Sampler, runtime, session

async def main(input):
    ctx = Context(Model.load(runtime.models()[0]))
    ctx.user(input["prompt"])
    g = ctx.generate(Sampler.argmax(), max_tokens=input.get("max_tokens", 8))
    print("begun", flush=True)
    return await g.collect_text()
'''
WAITING = '''
from inferlet import session

async def main(input):
    session.send("ready")
    session.send("got " + await session.receive())
    while True:
        await session.receive()
'''
TOOLS = '''
import json
from inferlet import PieError, mcp

async def main(input):
    desk = await mcp.connect_async("desk")
    tools = [t["name"] for t in json.loads(await desk.list_tools_async())["tools"]]
    total = json.loads(await desk.call_tool_async("add", json.dumps({"a": 2, "b": 3})))["content"][0]["text"]
    try:
        await desk.call_tool_async("sing", "{}")
        failed = None
    except PieError as e:
        failed = [e.code, e.details["rpc"]["code"]]
    return json.dumps([tools, total, failed])
'''
DESK = '''
import json, sys

for line in sys.stdin:
    request = json.loads(line)
    if "id" not in request:
        continue
    params = request.get("params") or {}
    answer = {"jsonrpc": "2.0", "id": request["id"]}
    if request["method"] == "initialize":
        answer["result"] = {"protocolVersion": params["protocolVersion"], "capabilities": {}, "serverInfo": {"name": "desk", "version": "1"}}
    elif request["method"] == "tools/list":
        answer["result"] = {"tools": [{"name": "add", "inputSchema": {"type": "object"}}]}
    elif params.get("name") == "add":
        total = params["arguments"]["a"] + params["arguments"]["b"]
        answer["result"] = {"content": [{"type": "text", "text": str(total)}]}
    else:
        answer["error"] = {"code": -32602, "message": "unknown tool"}
    print(json.dumps(answer), flush=True)
'''


async def measure(client, program):
    """The measuring loop of every client-side benchmark: launch, first output, return."""
    begun = time.perf_counter()
    process = await client.launch_process(program, input={"prompt": "Say hello.", "max_tokens": 8})
    first = None
    while True:
        event, value = await process.recv()
        if event == Event.Stdout and first is None:
            first = time.perf_counter() - begun
        elif event == Event.Return:
            return value, first, time.perf_counter() - begun
        elif event == Event.Error:
            raise SystemExit("failed: " + value)


async def main(uri):
    out = {}
    async with PieClient(uri) as client:
        await client.authenticate("ada")
        await client.ping()
        with tempfile.TemporaryDirectory() as folder:
            for name, code in (("greedy", PROGRAM), ("waiting", WAITING), ("tools", TOOLS)):
                source = Path(folder) / f"{name}.py"
                source.write_text(code)
                manifest = Path(folder) / "Pie.toml"
                manifest.write_text(f'[package]\nname = "{name}"\nversion = "1.0.0"\n[runtime]\nlanguage = "python"\n')
                await client.install_program(source, manifest)
                out[f"has_{name}"] = await client.check_program(f"{name}@1.0.0")
        out["text"], out["first"], out["whole"] = await measure(client, "greedy@1.0.0")
        process = await client.launch_process("waiting@1.0.0")
        out["ready"] = (await process.recv())[1]
        await process.signal("ping")
        out["got"] = (await process.recv())[1]
        listed = await client.list_processes()
        out["listed"] = [p["id"] for p in listed] == [process.process_id] and listed[0]["username"] == "ada"
        await process.terminate()
        event, value = await process.recv()
        out["ended"] = [event.value, value]
        ok, status = await client.query("model_status", "")
        out["pages"] = [v for k, v in json.loads(status).items() if k.endswith("kv_pages_total")]
        try:
            await client.launch_process("nothing@9.9.9")
        except Exception as e:
            out["unknown"] = str(e)
        if hasattr(client, "register_mcp_server"):
            await client.register_mcp_server("desk", "stdio", sys.executable, ["-c", DESK])
            process = await client.launch_process("tools@1.0.0")
            event, value = await process.recv()
            out["tools"] = [event.value, value]
        if hasattr(client, "run"):
            import decorated

            out["sum"] = await (await client.run(decorated.add, a=2, b=3)).result()
            out["again"] = await (await client.run(decorated.add, a=4)).result()
        if hasattr(client, "run_processes"):
            out["many"] = len(await client.run_processes("greedy@1.0.0", [{"prompt": "a", "max_tokens": 2}] * 2))
    print(json.dumps(out))


asyncio.run(main(sys.argv[1]))
