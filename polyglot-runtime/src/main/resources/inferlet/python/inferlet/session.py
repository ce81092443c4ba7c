"""Talk to the client of this process."""

import _pie as _p

from ._loop import call
from ._values import later
from ._values import text_of as _text


def send(value):
    _p.session_send(_text(value))


async def send_async(value, *, timeout=None):
    _p.session_send(_text(value))


async def receive(*, timeout=None):
    return await call(_p.session_receive, timeout=timeout)


_value = None


def set_return(text):
    global _value
    _value = text if isinstance(text, str) else _text(text)
    _p.session_set_return(_value)


def get_return_value():
    return _value


send_file = later("session.send_file", "this server carries no files")
receive_file = later("session.receive_file", "this server carries no files")
