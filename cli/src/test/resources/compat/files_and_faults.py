"""Keep notes in the program's folder, and go on after whatever goes wrong."""
import json
import os
from pathlib import Path

from inferlet import Adapter, Context, Model, Sampler, mcp, runtime, zo


async def main(input: dict) -> dict:
    faults: dict[str, str] = {}

    def fault(what: str, e: BaseException) -> None:
        faults[what] = f"{type(e).__name__}: {e}"

    os.makedirs("/scratch/notes", exist_ok=True)
    for i in range(2):
        with open("/scratch/notes/log.jsonl", "a") as f:
            f.write(json.dumps({"i": i}) + "\n")
    lines = Path("/scratch/notes/log.jsonl").read_text().splitlines()

    try:
        Model.load("no-such-model")
    except Exception as e:
        fault("model", e)
    model = Model.load(runtime.models()[0])
    ctx = Context(model)
    try:
        await ctx.forward().execute()
    except ValueError as e:
        fault("empty", e)
    try:
        ctx.forward().input_at([1, 2], [0])
    except ValueError as e:
        fault("lengths", e)
    try:
        ctx.generate(Sampler.argmax(), constrain=42)
    except TypeError as e:
        fault("constrain", e)
    try:
        await ctx.user("x").generate(Sampler.argmax(), max_tokens=3).collect_json(schema="{not json")
    except Exception as e:
        fault("schema", e)
    try:
        mcp.connect(server_name="nobody")
    except Exception as e:
        fault("mcp", e)
    try:
        adapter = Adapter.open(model, "none-of-this-name")
        if adapter is not None:
            zo.initialize(adapter, 8, 16.0, 4, 0.5, 0.01)
        faults["adapter"] = "absent" if adapter is None else "found"
    except Exception as e:
        fault("adapter", e)
    try:
        from inferlet import Image

        Image.from_bytes(model, b"")
    except Exception as e:
        fault("image", e)
    answer = await Context(model).user("Say yes.").generate(Sampler.argmax(), max_tokens=4).collect_text()
    return {"lines": lines, "faults": faults, "answer": bool(answer)}
