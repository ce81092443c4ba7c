// Ask the servers of the client for their tools, call one that works, one that fails, and a server that is not there.
import { mcp, session } from 'inferlet';

export async function main() {
  const result: Record<string, unknown> = { servers: [...mcp.availableServers()] };
  const server = mcp.connect('notes');
  result.tools = JSON.parse(server.listTools()).tools.map((tool: { name: string }) => tool.name);
  const added = JSON.parse(server.callTool('add', JSON.stringify({ a: 20, b: 22 })));
  result.sum = added.content[0]?.text;
  const failed = JSON.parse(server.callTool('fail', '{}'));
  result.failed = failed.isError ? failed.content[0].text : 'it did not';
  try {
    mcp.connect('nobody');
    result.unknown = 'connected';
  } catch (e) {
    console.log(`as it should be: ${e}`);
    result.unknown = 'refused';
  }
  session.send(JSON.stringify(result));
  return result;
}
