"""Talk to the client of this process."""

import _pie as _p

from ._loop import call
from ._values import text_of as _text
from ._values import wrong_type as _wrong_type


def send(message):
    _p.session_send(_text(message))


async def send_async(message, *, timeout=None):
    await call(_p.session_send_async, _text(message), timeout=timeout)


async def receive(*, timeout=None):
    return await call(_p.session_receive, timeout=timeout)


_value = None


def set_return(value):
    global _value
    _value = value if isinstance(value, str) else _text(value)
    _p.session_set_return(_value)


def get_return_value():
    return _value


def _content(data):
    try:
        content = bytes(data if isinstance(data, (bytes, bytearray, memoryview)) else iter(data))
    except (TypeError, ValueError):
        raise _wrong_type("data", "bytes", data) from None
    return content.decode("latin-1")


def send_file(data, *, name=None):
    _p.session_send_file(_content(data), name)


async def send_file_async(data, *, name=None, timeout=None):
    await call(_p.session_send_file_async, _content(data), name, timeout=timeout)


async def receive_file(*, timeout=None):
    return await call(_p.session_receive_file, timeout=timeout)
