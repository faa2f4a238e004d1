import type { McpServer as Server } from '@modelcontextprotocol/server';
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import * as z from 'zod';
import { threeRequests } from './three-requests.ts';

/**
 * The floor: a bare SDK server, bundled like the product, whose only tool makes the same three requests. As in the
 * product, undici is loaded by the first call and unused parts of zod are dropped: a floor that starts slower than
 * necessary would flatter us. The SDK is as it is.
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
  // Not awaited: the imported module shares a chunk with this one.
  void import('./floor-http.ts').then(async ({ serveFloor }) => {
    process.stdout.write(`${await serveFloor(createServer)}\n`);
  });
} else {
  serveStdio(createServer);
  process.stdin.once('end', () => process.exit());
}
