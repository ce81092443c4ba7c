"""Prepare a fresh context: output, imports from memory, event loop, driver of the program. Runs once, before any program."""

import sys

# asyncio does without; to initialise it would take as long as half of the others together. Programs may import it.
_COSTLY = dict.fromkeys(("ssl", "_ssl"))
sys.modules.update(_COSTLY)

import asyncio
import contextlib
import dataclasses
import enum
import importlib.machinery
import inspect
import io
import json
import linecache
import random
import re
import traceback
import types
import typing

for _name in _COSTLY:
    del sys.modules[_name]


def _prepare(ops, names, library):
    """Make module _pie of the host's functions, and let `library` and the program's files be imported from memory."""
    pie = types.ModuleType("_pie")
    for name in names.split("\n"):
        setattr(pie, name, getattr(ops, name))
    sys.modules["_pie"] = pie
    library = json.loads(library)
    files = {}

    class Finder:
        @staticmethod
        def find_spec(name, path=None, target=None):
            base = name.replace(".", "/")
            for source in (library, files):
                for file, package in ((base + "/__init__.py", True), (base + ".py", False)):
                    text = source.get(file)
                    if text is not None:
                        origin = file if source is files else "<pie>/" + file
                        spec = importlib.machinery.ModuleSpec(name, Finder, origin=origin, is_package=package)
                        spec.has_location = True
                        spec.loader_state = text
                        return spec
            return None

        @staticmethod
        def create_module(spec):
            return None

        @staticmethod
        def exec_module(module):
            spec = module.__spec__
            exec(compile(spec.loader_state, spec.origin, "exec"), module.__dict__)

    class Bytes(io.RawIOBase):
        def __init__(self, stream):
            self._stream = stream
            self._rest = b""

        def writable(self):
            return True

        def write(self, data):
            data = bytes(data)
            text = self._rest + data
            end = len(text)
            for back in range(1, min(4, end) + 1):
                b = text[end - back]
                if b >= 0xC0:
                    if (4 if b >= 0xF0 else 3 if b >= 0xE0 else 2) > back:
                        end -= back
                    break
                if b < 0x80:
                    break
            self._rest = text[end:]
            self._stream.write(text[:end].decode("utf-8", "replace"))
            return len(data)

    class Text(io.TextIOBase):
        encoding = "utf-8"
        errors = "replace"

        def __init__(self, name, out):
            self.name = name
            self._out = out
            self.buffer = Bytes(self)

        def writable(self):
            return True

        def write(self, text):
            if not isinstance(text, str):
                raise TypeError(f"write() argument must be str, not {type(text).__name__}")
            self._out(text)
            return len(text)

        def flush(self):
            pie.flush_output()

        def fileno(self):
            raise io.UnsupportedOperation("fileno")

    sys.stdout = sys.__stdout__ = Text("<stdout>", pie.stdout)
    sys.stderr = sys.__stderr__ = Text("<stderr>", pie.stderr)
    sys.stdin = sys.__stdin__ = io.StringIO()
    sys.meta_path.insert(0, Finder)

    def deny(module, names, why):
        def refuse(name):
            def refused(*args, **kwargs):
                raise PermissionError(f"{name}: {why}")

            return refused

        for name in names:
            if hasattr(module, name):
                setattr(module, name, refuse(name))

    import os
    import _posixsubprocess

    processes = "system fork forkpty posix_spawn posix_spawnp execv execve execl execvp popen spawnv spawnve kill killpg"
    for module in (os, sys.modules["posix"]):
        deny(module, processes.split(), "programs start no processes")
    deny(_posixsubprocess, ["fork_exec"], "programs start no processes")
    import socket
    import threading

    for module in (threading, sys.modules["_thread"]):
        deny(module, "start_new_thread _start_new_thread start_new".split(), "programs have one thread; use asyncio")
    lookups = "getaddrinfo gethostbyname gethostbyname_ex gethostbyaddr getnameinfo socketpair".split()
    for module in (socket, sys.modules["_socket"]):
        deny(module, lookups, "this program has no network permission")
    deny(socket.socket, ["__init__"], "this program has no network permission")

    import inferlet
    from inferlet import _loop
    from inferlet.errors import PieError

    def value_of(text):
        if not text.strip():
            return {}
        try:
            value = json.loads(text)
        except ValueError:
            return {"input": text}
        return {} if value == [] else value

    def finite(value):
        if isinstance(value, float):
            return value if value - value == 0 else None
        if isinstance(value, dict):
            return {k: finite(v) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return [finite(v) for v in value]
        return value

    def result_of(value):
        if value is None:
            return ""
        if isinstance(value, str):
            return str(value)
        if hasattr(value, "model_dump_json"):
            return value.model_dump_json()
        return json.dumps(finite(value), default=str, ensure_ascii=False)

    def remember(name, text):
        linecache.cache[name] = (len(text), None, text.splitlines(True), name)

    def failure_of(error):
        walk = traceback.walk_tb(error.__traceback__)
        frames = traceback.StackSummary.extract((f, line) for f, line in walk if f.f_code.co_filename in files)
        name = type(error).__name__
        shown = "Traceback (most recent call last):\n" + "".join(traceback.format_list(frames))
        shown += "".join(traceback.format_exception_only(type(error), error))
        message = str(error)
        if isinstance(error, SystemExit):
            message = message if isinstance(error.code, str) else f"exit status {error.code}"
        code = str(error.code.value) if isinstance(error, PieError) else ""
        if isinstance(error, MemoryError) and not code:
            code = "LIMIT_EXCEEDED"
        details = json.dumps(finite(error.details), default=str) if isinstance(error, PieError) else "{}"
        return [False, message, name, shown, code, details]

    def run(program, file, entry, text, seed):
        """Run a program to its end: [True, result] or [False, message, type, traceback, code, details]."""
        files.update(json.loads(program))
        random.seed(seed)
        for name, source in files.items():
            remember(name, source)
        source = files[file]
        defined = re.search(rf"^(?:async\s+def|def|class)\s+{entry}\b|^{entry}\s*=|^\s*(?:from|import)\b.*\b{entry}\b", source, re.M)
        name = file.rsplit("/", 1)[-1].removesuffix(".py") if defined else "__main__"
        module = types.ModuleType(name)
        module.__file__ = file
        sys.modules[name] = module
        sys.argv = [file]
        try:
            exec(compile(source, file, "exec"), module.__dict__)
            main = module.__dict__.get(entry)
            if not callable(main):
                return [True, ""]
            takes = inspect.signature(main).parameters
            value = main(value_of(text)) if takes else main()
            if inspect.isawaitable(value):
                value = _loop.run(value)
            return [True, result_of(value)]
        except SystemExit as e:
            return [True, ""] if e.code is None or e.code == 0 else failure_of(e)
        except BaseException as e:
            return failure_of(e)

    return run
