"""Call servers of the Model Context Protocol that the client or the operator registered."""

import _pie as _p

from ._loop import call
from ._values import Scope
from ._values import seconds as _seconds


def available_servers():
    return _p.mcp_servers()


async def available_servers_async(*, timeout=None):
    _seconds(timeout, "timeout")
    return _p.mcp_servers()


def connect(server_name):
    return McpSession(_p.mcp_connect(server_name))


async def connect_async(server_name, *, timeout=None):
    return McpSession(await call(_p.mcp_connect_async, server_name, timeout=timeout))


class McpSession(Scope):
    """A server's tools, resources and prompts; results are raw JSON text, a tool's own failure is isError inside it."""

    __slots__ = ("_h",)

    def __init__(self, h):
        self._h = h

    def list_tools(self):
        return _p.mcp_request(self._h, "list_tools")

    async def list_tools_async(self, *, timeout=None):
        return await call(_p.mcp_request_async, self._h, "list_tools", timeout=timeout)

    def list_resources(self):
        return _p.mcp_request(self._h, "list_resources")

    async def list_resources_async(self, *, timeout=None):
        return await call(_p.mcp_request_async, self._h, "list_resources", timeout=timeout)

    def list_prompts(self):
        return _p.mcp_request(self._h, "list_prompts")

    async def list_prompts_async(self, *, timeout=None):
        return await call(_p.mcp_request_async, self._h, "list_prompts", timeout=timeout)

    def call_tool(self, name, args="{}"):
        return _p.mcp_request(self._h, "call_tool", name, args)

    async def call_tool_async(self, name, args="{}", *, timeout=None):
        return await call(_p.mcp_request_async, self._h, "call_tool", name, args, timeout=timeout)

    def read_resource(self, uri):
        return _p.mcp_request(self._h, "read_resource", uri)

    async def read_resource_async(self, uri, *, timeout=None):
        return await call(_p.mcp_request_async, self._h, "read_resource", uri, timeout=timeout)

    def get_prompt(self, name, args="{}"):
        return _p.mcp_request(self._h, "get_prompt", name, args)

    async def get_prompt_async(self, name, args="{}", *, timeout=None):
        return await call(_p.mcp_request_async, self._h, "get_prompt", name, args, timeout=timeout)

    def close(self):
        _p.mcp_close(self._h)
