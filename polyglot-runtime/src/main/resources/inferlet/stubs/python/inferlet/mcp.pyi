"""Servers of the Model Context Protocol that the client or the operator registered."""

from typing import Self

from ._types import JsonSource

def available_servers() -> list[str]:
    """Return the names of the servers."""

async def available_servers_async(*, timeout: float | None = None) -> list[str]:
    """As `available_servers`, awaitable."""

def connect(server_name: str) -> McpSession:
    """Connect to a server. NOT_FOUND for an unknown one."""

async def connect_async(server_name: str, *, timeout: float | None = None) -> McpSession:
    """As `connect`, awaitable."""

class McpSession:
    """A server's tools, resources and prompts; results are raw JSON text, a tool's own failure is isError inside it."""

    def list_tools(self) -> str:
        """List its tools."""
    async def list_tools_async(self, *, timeout: float | None = None) -> str:
        """As `list_tools`, awaitable."""
    def list_resources(self) -> str:
        """List its resources."""
    async def list_resources_async(self, *, timeout: float | None = None) -> str:
        """As `list_resources`, awaitable."""
    def list_prompts(self) -> str:
        """List its prompts."""
    async def list_prompts_async(self, *, timeout: float | None = None) -> str:
        """As `list_prompts`, awaitable."""
    def call_tool(self, name: str, args: JsonSource = "{}") -> str:
        """Call a tool."""
    async def call_tool_async(self, name: str, args: JsonSource = "{}", *, timeout: float | None = None) -> str:
        """As `call_tool`, awaitable."""
    def read_resource(self, uri: str) -> str:
        """Read a resource."""
    async def read_resource_async(self, uri: str, *, timeout: float | None = None) -> str:
        """As `read_resource`, awaitable."""
    def get_prompt(self, name: str, args: JsonSource = "{}") -> str:
        """Return a prompt."""
    async def get_prompt_async(self, name: str, args: JsonSource = "{}", *, timeout: float | None = None) -> str:
        """As `get_prompt`, awaitable."""
    def close(self) -> None:
        """Let the handle go."""
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *error: object) -> None: ...
