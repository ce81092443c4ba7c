"""The events of a chat decoder."""

from dataclasses import dataclass


class Event:
    """What a decoder read: Idle, Delta(text), Done(text), Interrupt(token)."""

    @dataclass(frozen=True, slots=True)
    class Idle:
        pass

    @dataclass(frozen=True, slots=True)
    class Delta:
        text: str

    @dataclass(frozen=True, slots=True)
    class Done:
        text: str

    @dataclass(frozen=True, slots=True)
    class Interrupt:
        token: int


KINDS = {
    "idle": lambda _: Event.Idle(),
    "delta": Event.Delta,
    "done": Event.Done,
    "interrupt": Event.Interrupt,
}
