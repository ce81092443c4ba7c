"""A function that is sent to the server as it stands here."""

from pie_client.inferlet import inferlet


@inferlet
async def add(a: int, b: int = 1):
    """Add two numbers."""
    return {"sum": a + b}
