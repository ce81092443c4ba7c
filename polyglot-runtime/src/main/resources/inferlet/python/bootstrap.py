"""Prepare a fresh context: output, imports from memory, driver of the program. Runs once, before any program."""

import sys

# No more than every program needs: what a module costs here, each launch pays. `complete` imports the rest when there is time.
import _posixsubprocess
import _signal
import _socket
import _thread
import importlib.machinery
import io
import posix
import types


def _prepare(ops, names, library):
    """Make module _pie of the host's functions, and let `library` and the program's files be imported from memory."""
    pie = types.ModuleType("_pie")
    for name in names.split("\n"):
        setattr(pie, name, getattr(ops, name))
    sys.modules["_pie"] = pie
    parts = library.split("\0")
    library = dict(zip(parts[::2], parts[1::2]))
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
            return adjusted_spec(name, path, target) if name in adjustments else None

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
    # modules come from the program and the library alone
    sys.path[:] = [folder for folder in sys.path if folder and not folder.startswith(("/scratch", "/app"))]

    def deny(module, names, why):
        def refuse(name):
            def refused(*args, **kwargs):
                raise PermissionError(f"{name}: {why}")

            return refused

        for name in names:
            if hasattr(module, name):
                setattr(module, name, refuse(name))

    processes = "system fork forkpty posix_spawn posix_spawnp execv execve execl execvp popen spawnv spawnve kill killpg"
    # what the language knows and cannot do ends the program without a chance to catch it
    machine = "chown fchown lchown getpgid getpgrp getppid getsid openpty set_blocking setpgid setpgrp setsid"
    # they are those of the server: a handler would replace its own, a signal would end it
    signals = "signal raise_signal alarm setitimer pause siginterrupt set_wakeup_fd pthread_kill sigwait sigwaitinfo sigtimedwait"
    threads = "start_new_thread _start_new_thread start_new"
    lookups = "getaddrinfo getservbyname getservbyport gethostbyname gethostbyname_ex gethostbyaddr getnameinfo socketpair"

    def leave(status):
        raise SystemExit(status)

    def no_processes(module):
        deny(module, processes.split(), "programs start no processes")
        deny(module, machine.split(), "programs see nothing of the machine's processes and owners")
        module._exit = leave

    def no_signals(module):
        deny(module, signals.split(), "programs neither send signals nor receive any")

    def no_threads(module):
        deny(module, threads.split(), "programs have one thread; use asyncio")

    def no_network(module):
        deny(module, lookups.split(), "this program has no network permission")

    def rename(src, dst, *, src_dir_fd=None, dst_dir_fd=None):
        import errno
        import os

        src, dst = os.fsdecode(src), os.fsdecode(dst)
        failed = pie.fs_move(src, dst)
        if failed is not None:
            code = getattr(errno, failed[1])
            raise OSError(code, os.strerror(code), src, None, dst)

    def own_rename(module):
        # the language's own cannot move a file at once
        module.rename = module.replace = rename

    # Before anything imports from these.
    no_processes(posix)
    own_rename(posix)
    deny(_posixsubprocess, ["fork_exec"], "programs start no processes")
    no_signals(_signal)
    no_threads(_thread)
    no_network(_socket)

    def remember(linecache):
        for name, text in files.items():
            linecache.cache[name] = (len(text), None, text.splitlines(True), name)

    def adjust_socket(module):
        no_network(module)
        deny(module.socket, ["__init__"], "this program has no network permission")

    def adjust_os(module):
        no_processes(module)
        own_rename(module)

    def adjust_shutil(module):
        # folders cannot be opened as files here
        module._use_fd_functions = False

    def adjust_urllib(module):
        import inferlet._urllib

    # What is done to modules right after their import, or at once to those that are imported already.
    adjustments = {
        "_multiprocessing_graalpy": lambda module: deny(module, ["_spawn_context"], "programs start no processes"),
        "linecache": remember,
        "os": adjust_os,
        "shutil": adjust_shutil,
        "random": lambda module: module.seed(seed),
        "signal": no_signals,
        "socket": adjust_socket,
        "threading": no_threads,
        "urllib.request": adjust_urllib,
    }
    seed = 0

    def adjusted_spec(name, path, target):
        for finder in sys.meta_path:
            spec = None if finder is Finder else finder.find_spec(name, path, target)
            if spec is not None:
                spec.loader = Adjusted(spec.loader, adjustments[name])
                return spec
        return None

    class Adjusted:
        def __init__(self, loader, adjust):
            self._loader = loader
            self._adjust = adjust

        def create_module(self, spec):
            return self._loader.create_module(spec)

        def exec_module(self, module):
            module.__loader__ = module.__spec__.loader = self._loader
            self._loader.exec_module(module)
            self._adjust(module)

    for name, adjust in adjustments.items():
        if name in sys.modules:
            adjust(sys.modules[name])

    import inferlet
    from inferlet import _json, _loop
    from inferlet.errors import PieError

    def value_of(text):
        if not text.strip():
            return {}
        try:
            value = _json.loads(text)
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
        return _json.dumps(finite(value), default=str, ensure_ascii=False)

    def failure_of(error):
        try:
            return told(error)
        except Exception:
            # what the program throws may refuse to be looked at
            return [False, "<the error cannot be told>", type(error).__name__, "", "", "{}"]

    def told(error):
        import traceback

        walk = traceback.walk_tb(error.__traceback__)
        frames = traceback.StackSummary.extract((f, line) for f, line in walk if f.f_code.co_filename in files)
        name = type(error).__name__
        shown = "Traceback (most recent call last):\n" + "".join(traceback.format_list(frames))
        shown += "".join(traceback.format_exception_only(type(error), error))
        message = str(error)
        if isinstance(error, SystemExit):
            message = message if isinstance(error.code, str) else f"exit status {error.code}"
        code = str(error.code.value) if isinstance(error, PieError) else ""
        details = _json.dumps(finite(error.details), default=str) if isinstance(error, PieError) else "{}"
        return [False, message, name, shown, code, details]

    def use_host_clock():
        """Ask the host for time and entropy in a recorded run, so that its replay is told the same; keep tasks in an order."""
        import asyncio
        import datetime
        import os
        import random
        import time

        def wall():
            return pie.clock() / 1e3

        def steady():
            return pie.nanos() / 1e9

        plain = {name: getattr(time, name) for name in ("gmtime", "localtime", "ctime", "strftime", "asctime")}
        for name in ("monotonic", "perf_counter", "process_time", "thread_time"):
            setattr(time, name, steady)
            setattr(time, name + "_ns", lambda: int(pie.nanos()))
        time.time = wall
        time.time_ns = lambda: int(pie.clock() * 1e6)
        time.gmtime = lambda seconds=None: plain["gmtime"](wall() if seconds is None else seconds)
        time.localtime = lambda seconds=None: plain["localtime"](wall() if seconds is None else seconds)
        time.ctime = lambda seconds=None: plain["ctime"](wall() if seconds is None else seconds)
        time.asctime = lambda t=None: plain["asctime"](time.localtime() if t is None else t)
        time.strftime = lambda form, t=None: plain["strftime"](form, time.localtime() if t is None else t)
        os.urandom = sys.modules["posix"].urandom = random._urandom = lambda size: pie.entropy(size)

        # sets of tasks go by their hashes, which are addresses; ids are numbers given out in order
        asyncio.Future.__hash__ = asyncio.Task.__hash__ = lambda self: id(self)

        class Date(datetime.date):
            @classmethod
            def today(cls):
                return cls.fromtimestamp(wall())

        class Datetime(datetime.datetime):
            @classmethod
            def now(cls, tz=None):
                return cls.fromtimestamp(wall(), tz)

            @classmethod
            def today(cls):
                return cls.fromtimestamp(wall())

            @classmethod
            def utcnow(cls):
                return cls.fromtimestamp(wall(), datetime.timezone.utc).replace(tzinfo=None)

        for cls, name in ((Date, "date"), (Datetime, "datetime")):
            cls.__name__ = cls.__qualname__ = name
            cls.__module__ = "datetime"
            setattr(datetime, name, cls)

    def takes_input(main):
        if type(main) is types.FunctionType and not main.__dict__:
            code = main.__code__
            return code.co_argcount + code.co_kwonlyargcount > 0 or bool(code.co_flags & 0x0C)
        import inspect

        return bool(inspect.signature(main).parameters)

    def is_awaitable(value):
        if isinstance(value, types.GeneratorType):
            return bool(value.gi_code.co_flags & 0x100)
        return hasattr(type(value), "__await__")

    def take(program, seed_value):
        """Take in the program's files."""
        nonlocal seed
        seed = seed_value
        files.update(_json.loads(program))

    def begin(file, name):
        """Make the module that the code of a file runs in."""
        for adjusted in ("random", "linecache"):
            if adjusted in sys.modules:
                adjustments[adjusted](sys.modules[adjusted])
        module = types.ModuleType(name)
        module.__file__ = file
        sys.modules[name] = module
        sys.argv = [file]
        return module

    def finish(value):
        """Return what a function returned, awaited where it must be."""
        if not is_awaitable(value):
            return value
        # programs that name none of these need no event loop
        return _loop.run(value, not any("asyncio" in text or "timers" in text for text in files.values()))

    def served(module, entry):
        """Answer requests with a function of the module until no more come."""
        handle = module.__dict__.get(entry)
        if not callable(handle):
            from inferlet.errors import InvalidArgumentError

            raise InvalidArgumentError(f"the program has no function {entry}(request), which would answer requests")
        from inferlet import _serve

        _loop.run(_serve.serve(handle), False)

    def run(program, file, name, entry, text, seed_value, recorded, serving):
        """Run a program to its end: [True, result] or [False, message, type, traceback, code, details]."""
        take(program, seed_value)
        if recorded:
            # a module that asks for the time while it is imported would ask in one guest and not in another
            complete()
            use_host_clock()
        module = begin(file, name)
        try:
            exec(compile(files[file], file, "exec"), module.__dict__)
            if serving:
                served(module, entry)
                return [True, ""]
            main = module.__dict__.get(entry)
            if not callable(main):
                if entry != "main":
                    raise PieError(f"the program has no function '{entry}', which its entry names", code="SOURCE_ERROR")
                return [True, ""]
            return [True, result_of(finish(main(value_of(text)) if takes_input(main) else main()))]
        except SystemExit as e:
            return [True, ""] if e.code is None or e.code == 0 else failure_of(e)
        except BaseException as e:
            return failure_of(e)

    opened = None

    def open_module(program, file, seed_value):
        """Load a file for a program in another language: [True, names of its functions] or as `run`."""
        nonlocal opened
        take(program, seed_value)
        module = begin(file, file.rsplit("/", 1)[-1].removesuffix(".py"))
        try:
            exec(compile(files[file], file, "exec"), module.__dict__)
        except BaseException as e:
            return failure_of(e)
        opened = module.__dict__
        own = [n for n, f in opened.items() if isinstance(f, types.FunctionType) and f.__module__ == module.__name__]
        return [True, "\n".join(opened.get("__all__", [n for n in own if not n.startswith("_")]))]

    def invoke(name, text, *handles):
        """Call a function of the loaded file to its end: [True, JSON, handles …] or as `run`."""
        from inferlet import polyglot
        from inferlet.errors import NotFoundError

        try:
            f = opened.get(name)
            if not callable(f):
                raise NotFoundError(f"polyglot: the file has no function '{name}'", details={"kind": "function"})
            given = []
            return [True, polyglot._lower(finish(f(*polyglot._lift(text, handles))), given), *given]
        except BaseException as e:
            return failure_of(e)

    def complete():
        """Import what many programs import, so that they need not wait for it."""
        import asyncio, contextlib, dataclasses, inspect, random, traceback, typing  # noqa: E401, F401
        import json, inferlet._events  # noqa: E401, F401

        for name in inferlet.__all__:
            getattr(inferlet, name)
        # imported by others, they may not have been run
        return inspect.signature, traceback.walk_tb, typing.Any

    return [run, complete, open_module, invoke]
