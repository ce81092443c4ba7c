"""Wait."""


async def sleep(t):
    import asyncio

    from ._values import seconds, wrong_type

    if t is None:
        raise wrong_type("t", "a number of seconds", t)
    await asyncio.sleep(seconds(t, "t"))


async def timeout(awaitable, t):
    """Return the result, or raise TIMEOUT after t seconds and cancel what was awaited."""
    import asyncio

    from ._values import seconds
    from .errors import PieTimeoutError

    seconds(t, "t")
    try:
        return await asyncio.wait_for(awaitable, t)
    except TimeoutError as e:
        if isinstance(e, PieTimeoutError):
            raise
        raise PieTimeoutError(f"timeout: not done within {t} s") from None
