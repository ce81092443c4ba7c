"""Values of named fields: dataclasses to whoever asks, without the import of dataclasses, which would cost each start half of its time."""


class _Fields:
    """The fields as dataclasses describes them, made when they are asked for."""

    def __get__(self, record, cls):
        from dataclasses import make_dataclass

        cls.__dataclass_fields__ = make_dataclass(cls.__name__, cls.__slots__).__dataclass_fields__
        return cls.__dataclass_fields__


class Record:
    """Equal to another of its type with equal fields, which are its slots and cannot be set once it is made."""

    __slots__ = ()
    __dataclass_fields__ = _Fields()

    def __init_subclass__(cls):
        cls.__match_args__ = cls.__slots__

    def __init__(self, *values, **named):
        fields = self.__slots__
        given = dict(zip(fields, values)) | named
        if len(values) + len(named) != len(fields) or given.keys() != set(fields):
            raise TypeError(f"{type(self).__qualname__} takes ({', '.join(fields)})")
        for name in fields:
            object.__setattr__(self, name, given[name])

    def _values(self):
        return tuple(getattr(self, name) for name in self.__slots__)

    def __eq__(self, other):
        return self._values() == other._values() if type(other) is type(self) else NotImplemented

    def __hash__(self):
        return hash(self._values())

    def __repr__(self):
        return f"{type(self).__qualname__}({', '.join(f'{n}={getattr(self, n)!r}' for n in self.__slots__)})"

    def __reduce__(self):
        return type(self), self._values()

    def __setattr__(self, name, value):
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name):
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot delete field {name!r}")


class Hosted(Record):
    """A record behind which the host keeps an object of its own."""

    __slots__ = ("_h",)

    def _made(self, h, *values):
        object.__setattr__(self, "_h", h)
        for name, value in zip(self.__slots__, values):
            object.__setattr__(self, name, value)
