"""Make the pictures of docs/guide/monitor.md from real runs: start a server, give it a load, look at it with `pie top` in tmux.

monitor_pictures.py [SCENE…]: busy, empty, dominant, pressure; all if none is named. Needs tmux; takes about ten minutes.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request

import ansi_svg

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PIE = os.path.join(ROOT, "pie")
IMAGES = os.environ.get("PIE_PICTURES", os.path.join(ROOT, "docs", "img"))
TMUX = ["tmux", "-u", "-L", "pie-pictures", "-f", "/dev/null"]


class Server:
    """A server of its own home, which shares the models."""

    def __init__(self, home, *flags):
        models = os.path.join(os.environ.get("PIE_HOME", os.path.expanduser("~/.pie")), "models")
        os.symlink(models, os.path.join(home, "models"))
        self.environment = dict(os.environ, PIE_HOME=home)
        self.process = subprocess.Popen(
            [PIE, "serve", "--port", "0", "--drain", "1s", *flags], stdout=subprocess.PIPE, env=self.environment, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("ready "):
            sys.exit("the server did not start: " + line)
        self.url = line.split()[1]

    def stats(self):
        with urllib.request.urlopen(self.url + "/v1/stats", timeout=60) as answer:
            return json.load(answer)

    def launch(self, file, count=1, **given):
        with open(os.path.join(ROOT, "docs", "monitor", file)) as source:
            code = source.read()
        language = {".py": "python", ".js": "javascript", ".java": "java"}[os.path.splitext(file)[1]]
        for n in range(count):
            body = {"source": {"language": language, "file": file, "code": code}, "input": dict(given, seed=n)}
            request = urllib.request.Request(self.url + "/v1/processes", json.dumps(body).encode())
            urllib.request.urlopen(request, timeout=60).close()

    def until(self, what):
        while not what(self.stats()):
            time.sleep(0.5)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def tmux(*words):
    return subprocess.run([*TMUX, *words], capture_output=True, text=True, check=True).stdout


def look(server, name, width, height, *keys, seconds=6):
    """Watch for some seconds, press keys, and keep what the screen shows."""
    command = "env -u NO_COLOR TERM=tmux-256color COLORTERM=truecolor PIE_HOME='%s' '%s' top" % (server.environment["PIE_HOME"], PIE)
    tmux("new-session", "-d", "-x", str(width), "-y", str(height), command)
    time.sleep(seconds)
    for key in keys:
        tmux("send-keys", key)
        time.sleep(1.5)
    screen = tmux("capture-pane", "-e", "-p")
    tmux("kill-server")
    with open(os.path.join(IMAGES, "monitor-%s.svg" % name), "w") as file:
        file.write(ansi_svg.picture(screen, "pie top"))
    print("monitor-%s.svg" % name, flush=True)


def busy(home):
    """40 programs in three languages."""
    server = Server(home)
    server.launch("agent.py", 14, rounds=400, tool=3.0)
    server.launch("chat.js", 14, turns=400)
    server.launch("Writers.java", 12, rounds=400)
    server.until(lambda s: s["requests"]["running"] == 40 and all(p["tokens"] for p in s["processes"]))
    time.sleep(100)
    for name, width, height, keys in [
        ("80x24", 80, 24, []),
        ("120x36", 120, 36, []),
        ("200x50", 200, 50, []),
        ("detail", 120, 36, ["/", *"program:agent", "Enter", "Down", "Enter", ""]),
    ]:
        look(server, name, width, height, *keys)
    server.stop()


def empty(home):
    """Programs that wait for a tool nearly all of the time."""
    server = Server(home)
    server.launch("agent.py", 12, rounds=400, tool=90.0, tokens=8)
    server.until(lambda s: all(p["tokens"] for p in s["processes"]))
    time.sleep(60)
    look(server, "empty", 120, 36)
    server.stop()


def dominant(home):
    """One program with many forks beside a few that have none."""
    server = Server(home)
    server.launch("chat.js", 6, turns=400)
    server.until(lambda s: all(p["tokens"] for p in s["processes"]))
    time.sleep(45)
    server.launch("Writers.java", 1, drafts=24, rounds=400, tokens=200)
    time.sleep(35)
    look(server, "dominant", 120, 36)
    server.stop()


def pressure(home):
    """A few programs, then more than there are pages for."""
    server = Server(home, "--pages", "96")
    server.launch("chat.js", 4, turns=400, tokens=120)
    server.until(lambda s: all(p["tokens"] for p in s["processes"]))
    time.sleep(45)
    server.launch("chat.js", 12, turns=400, tokens=120)
    server.until(lambda s: s["models"][0]["market"]["waiters"] > 0)
    time.sleep(15)
    look(server, "pressure", 120, 36)
    server.stop()


if __name__ == "__main__":
    scenes = {scene.__name__: scene for scene in (busy, empty, dominant, pressure)}
    for scene in sys.argv[1:] or scenes:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            scenes[scene](folder)
