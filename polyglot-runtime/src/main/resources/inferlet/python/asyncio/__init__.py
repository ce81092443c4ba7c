"""The standard library's asyncio. What it has for sockets, pipes and other processes, which programs have none of, is imported on use."""

import importlib
import importlib.machinery

from inferlet._deferred import Deferring

__path__ = importlib.machinery.PathFinder.find_spec(__name__).submodule_search_locations

with Deferring():
    from .base_events import *
    from .coroutines import *
    from .events import *
    from .exceptions import *
    from .futures import *
    from .locks import *
    from .protocols import *
    from .queues import *
    from .runners import *
    from .taskgroups import *
    from .tasks import *
    from .threads import *
    from .timeouts import *
    from .transports import *

_LATER = {
    "streams": "StreamReader StreamReaderProtocol StreamWriter open_connection open_unix_connection start_server start_unix_server",
    "subprocess": "create_subprocess_exec create_subprocess_shell",
    "unix_events": "SelectorEventLoop AbstractChildWatcher SafeChildWatcher FastChildWatcher PidfdChildWatcher MultiLoopChildWatcher"
    " ThreadedChildWatcher DefaultEventLoopPolicy",
    "selector_events": "",
}


def __getattr__(name):
    if name == "__all__":
        now = [n for n in globals() if not n.startswith("_") and not isinstance(globals()[n], type(importlib))]
        return now + " ".join(_LATER.values()).split()
    for part, names in _LATER.items():
        if name == part or name in names.split():
            module = importlib.import_module("." + part, __name__)
            return module if name == part else getattr(module, name)
    raise AttributeError(f"module 'asyncio' has no attribute {name!r}")


import inferlet._asyncio  # noqa: E402, F401
