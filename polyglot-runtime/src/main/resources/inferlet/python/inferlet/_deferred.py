"""Import modules of the standard library without all that they drag in: what they name and seldom use is run when it is used."""

import sys

import _thread


class _Logger:
    """A logger that is made once something is logged."""

    def __init__(self, name):
        self._name = name

    def __getattr__(self, name):
        import logging

        return getattr(logging.Logger.manager.getLogger(self._name), name)


class _Annotation:
    def __class_getitem__(cls, item):
        return cls


# Modules that need not be run on import, with those of their values that are to be had without: the same objects that the modules have.
_SAME = {
    "asyncio.sslproto": {},
    "asyncio.staggered": {},
    "asyncio.trsock": {},
    "concurrent.futures": {name: name for name in ("FIRST_COMPLETED", "FIRST_EXCEPTION", "ALL_COMPLETED")},
    "inspect": {},
    "linecache": {},
    "logging": {"DEBUG": 10},
    "signal": {},
    "socket": {},
    "subprocess": {"PIPE": -1, "STDOUT": -2, "DEVNULL": -3},
    "threading": {"Lock": _thread.allocate_lock, "get_ident": _thread.get_ident, "local": _thread._local},
    "traceback": {},
    "typing": {},
}
# What stands for more of their values as long as the import lasts: defaults of parameters and annotations.
_MEANWHILE = {
    "logging": {"getLogger": _Logger},
    "socket": {"AF_INET6": 10, "AF_UNSPEC": 0, "AI_PASSIVE": 1, "SOCK_STREAM": 1, "TCP_NODELAY": 1},
    "typing": {"Optional": _Annotation, "Type": _Annotation, "final": lambda f: f},
}
# They are done without, and would cost as much as half of the others together.
_ABSENT = ("ssl", "_ssl")


class _Loader:
    """Run a module once an attribute of it is asked for."""

    def __init__(self, loader):
        self._loader = loader

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        loader = module.__spec__.loader = module.__loader__ = self._loader
        same = _SAME[module.__name__]

        def __getattr__(name):
            if name in same:
                return same[name]
            if Deferring.active and name in _MEANWHILE.get(module.__name__, ()):
                return _MEANWHILE[module.__name__][name]
            if name != "__all__" and name.startswith("__"):
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            if module.__dict__.pop("__getattr__", None):
                with Deferring.paused():
                    loader.exec_module(module)
            return getattr(module, name)

        module.__getattr__ = __getattr__


class Deferring:
    """As long as it is entered, modules that are known to be costly are imported and not run."""

    active = False
    _asking = False

    def __init__(self, active=True):
        self._active = active

    @classmethod
    def paused(cls):
        return cls(False)

    def __enter__(self):
        self._before = Deferring.active
        self._switch(self._active)

    def __exit__(self, *failure):
        self._switch(self._before)

    @classmethod
    def _switch(cls, active):
        if active == cls.active:
            return
        cls.active = active
        if active:
            sys.meta_path.insert(0, cls)
            cls._hidden = [name for name in _ABSENT if name not in sys.modules]
            sys.modules.update(dict.fromkeys(cls._hidden))
        else:
            sys.meta_path.remove(cls)
            for name in cls._hidden:
                del sys.modules[name]

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if cls._asking or name not in _SAME:
            return None
        cls._asking = True  # other finders ask all, this one too
        try:
            for finder in sys.meta_path:
                spec = finder.find_spec(name, path, target)
                if spec is not None:
                    spec.loader = _Loader(spec.loader)
                    return spec
            return None
        finally:
            cls._asking = False
