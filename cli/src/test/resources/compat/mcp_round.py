"""Ask the servers of the client for their tools, call one that works, one that fails, and a server that is not there."""
import json
from inferlet import mcp, session


async def main(input):
    result = {"servers": list(mcp.available_servers())}
    server = mcp.connect("notes")
    result["tools"] = [tool["name"] for tool in json.loads(server.list_tools())["tools"]]
    added = json.loads(server.call_tool("add", json.dumps({"a": 20, "b": 22})))
    result["sum"] = added["content"][0]["text"]
    failed = json.loads(server.call_tool("fail", "{}"))
    result["failed"] = failed["content"][0]["text"] if failed.get("isError") else "it did not"
    try:
        mcp.connect("nobody")
        result["unknown"] = "connected"
    except Exception as e:
        print(f"as it should be: {e}")
        result["unknown"] = "refused"
    session.send(json.dumps(result))
    return result
