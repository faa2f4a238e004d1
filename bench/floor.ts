import type { McpServer as Server } from '@modelcontextprotocol/server';
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import * as z from 'zod';
import { threeRequests } from './three-requests.ts';

/**
 * The floor: a bare server of the SDK, bundled as the product is, whose one tool does the same three requests. undici is
 * loaded with the first call, as in the product, and zod is imported so that what is unused of it is left out: a floor that
 * starts later than it has to would flatter us.
 */
const base = process.env['BENCH_VENDOR'] ?? '';
const inputSchema = z.object({ user_id: z.string(), set: z.record(z.string(), z.unknown()) });

function createServer(): Server {
  const server = new McpServer({ name: 'floor', version: '1.0.0' }, { capabilities: { tools: {} } });
  const config = { title: 'Update user', description: 'Change fields of one existing user.', inputSchema };
  server.registerTool('update_user', config, async ({ user_id, set }) => ({
    content: [{ type: 'text', text: await threeRequests(base, user_id, set) }],
  }));
  return server;
}

if (process.argv[2] === 'http') {
  // Not awaited: what is loaded here is part of what loads it.
  void import('./floor-http.ts').then(async ({ serveFloor }) => {
    process.stdout.write(`${await serveFloor(createServer)}\n`);
  });
} else {
  serveStdio(createServer);
  process.stdin.once('end', () => process.exit());
}
