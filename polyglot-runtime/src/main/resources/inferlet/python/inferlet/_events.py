"""The events of a chat decoder."""

from ._record import Record


class Event:
    """What a decoder read: Idle, Delta(text), Done(text), Interrupt(token)."""

    class Idle(Record):
        __slots__ = ()

    class Delta(Record):
        __slots__ = ("text",)

    class Done(Record):
        __slots__ = ("text",)

    class Interrupt(Record):
        __slots__ = ("token",)


AnyEvent = Event.Idle | Event.Delta | Event.Done | Event.Interrupt

KINDS = {
    "idle": lambda _: Event.Idle(),
    "delta": Event.Delta,
    "done": Event.Done,
    "interrupt": Event.Interrupt,
}
