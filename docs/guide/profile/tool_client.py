"""Launch tool.py on a server and be its client: run the tool when the program asks, and say what that took.

tool_client.py URL [--after] [--calls N] [--away SECONDS] [--busy SHARE]: --away is what the way to the client and back takes; a busy
client takes that share of the time so far before it answers.
"""

import argparse
import json
import os
import time
import urllib.request

PRICES = {f"item {i}": i * 7 % 100 for i in range(40)}

words = argparse.ArgumentParser()
words.add_argument("url")
words.add_argument("--after", action="store_true")
words.add_argument("--calls", type=int, default=6)
words.add_argument("--away", type=float, default=0.15)
words.add_argument("--busy", type=float, default=0)
given = words.parse_args()


def ask(path, body=None, accept="application/json"):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(given.url + path, data, {"Content-Type": "application/json", "Accept": accept})
    return urllib.request.urlopen(request, timeout=300)


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "tool.py")) as file:
    source = {"language": "python", "file": "tool.py", "code": file.read()}
launch = {"source": source, "input": {"before": not given.after, "calls": given.calls}, "profile": True}
begun = time.perf_counter()
event = ""
with ask("/v1/processes", launch, "text/event-stream") as events:
    for line in events:
        name, _, data = line.decode().strip().partition(": ")
        if name == "event":
            event = data
        elif name == "data" and event == "process":
            process = json.loads(data)["id"]
        elif name == "data" and event == "message":
            call = json.loads(json.loads(data)["data"])
            time.sleep(given.away + given.busy * (time.perf_counter() - begun))
            ask(f"/v1/processes/{process}/messages", {"message": str(PRICES[call["item"]])}).close()
        elif name == "data" and event == "error":
            raise SystemExit(data)
took = time.perf_counter() - begun
with ask(f"/v1/processes/{process}/timeline?format=summary") as answer:
    advice = json.load(answer)["advice"]
print(f"{took:.2f} s")
for one in advice:
    print(f"{one['pattern']} in {one['at']}: it {one['what']}")
