"""Carry texts between the processes of one user: a pushed one goes to one puller, a broadcast one to all subscriptions."""

import _pie as _p

from ._loop import call
from ._values import Scope


def push(topic, message):
    _p.topic_push(topic, message)


async def pull(topic, *, timeout=None):
    return await call(_p.topic_pull, topic, timeout=timeout)


def broadcast(topic, message):
    _p.topic_broadcast(topic, message)


def subscribe(topic, *, capacity=1024):
    """Receive what is broadcast from this call on."""
    return Subscription(_p.topic_subscribe(topic, capacity))


class Subscription(Scope):
    """Iterate over its messages; the iteration ends once it is closed."""

    __slots__ = ("_h",)

    def __init__(self, h):
        self._h = h

    async def next(self, *, timeout=None):
        """The next message; None once closed."""
        return await call(_p.sub_next, self._h, timeout=timeout)

    def __aiter__(self):
        return self

    async def __anext__(self):
        message = await self.next()
        if message is None:
            raise StopAsyncIteration
        return message

    @property
    def dropped(self):
        return _p.sub_dropped(self._h)

    def unsubscribe(self):
        _p.sub_close(self._h)

    close = unsubscribe
