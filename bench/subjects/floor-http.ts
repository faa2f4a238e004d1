import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, type McpServer } from '@modelcontextprotocol/server';

/** The bare SDK over HTTP: its own handler on `node:http` and nothing else. Returns the URL. */
export async function serveFloor(make: () => McpServer): Promise<string> {
  const handle = toNodeHandler(createMcpHandler(make));
  // The SDK's request type differs from Node's only under exactOptionalPropertyTypes.
  const server = createServer((request, response) => void handle(request as never, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}
