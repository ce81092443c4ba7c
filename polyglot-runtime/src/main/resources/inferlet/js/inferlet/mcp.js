import { H, wrongType, ops, call } from './base.js';

// Servers of the Model Context Protocol; results are raw JSON text, a tool's own failure is isError inside it.
export class McpSession {
  constructor(key, h) {
    if (key !== H) throw wrongType('McpSession: mcp.connect makes them');
    this[H] = h;
  }
  listTools() { return ops.mcp_request(this[H], 'list_tools'); }
  async listToolsAsync(options) { return await call(ops.mcp_request_async(this[H], 'list_tools'), options); }
  listResources() { return ops.mcp_request(this[H], 'list_resources'); }
  async listResourcesAsync(options) { return await call(ops.mcp_request_async(this[H], 'list_resources'), options); }
  listPrompts() { return ops.mcp_request(this[H], 'list_prompts'); }
  async listPromptsAsync(options) { return await call(ops.mcp_request_async(this[H], 'list_prompts'), options); }
  callTool(name, args = '{}') { return ops.mcp_request(this[H], 'call_tool', name, args); }
  async callToolAsync(name, args = '{}', options) { return await call(ops.mcp_request_async(this[H], 'call_tool', name, args), options); }
  readResource(uri) { return ops.mcp_request(this[H], 'read_resource', uri); }
  async readResourceAsync(uri, options) { return await call(ops.mcp_request_async(this[H], 'read_resource', uri), options); }
  getPrompt(name, args = '{}') { return ops.mcp_request(this[H], 'get_prompt', name, args); }
  async getPromptAsync(name, args = '{}', options) { return await call(ops.mcp_request_async(this[H], 'get_prompt', name, args), options); }
  close() { ops.mcp_close(this[H]); }
  [Symbol.dispose]() { this.close(); }
  async [Symbol.asyncDispose]() { this.close(); }
}
export const mcp = Object.freeze({
  availableServers: () => ops.mcp_servers(),
  availableServersAsync: async () => ops.mcp_servers(),
  connect: (name) => new McpSession(H, ops.mcp_connect(name)),
  connectAsync: async (name, options) => new McpSession(H, await call(ops.mcp_connect_async(name), options)),
});
