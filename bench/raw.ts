import { createInterface } from 'node:readline';
import { threeRequests } from './three-requests.ts';

/** The same three requests without MCP: a line in, a line out, no SDK, no schema. */
const base = process.env['BENCH_VENDOR'] ?? '';

interface Message {
  id?: number;
  method: string;
  params: { arguments?: { user_id: string; set: Record<string, unknown> } };
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, params } = JSON.parse(line) as Message;
  const answer = (result: unknown) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
  if (id === undefined) return;
  if (!params.arguments) return void answer({ tools: [] });
  const { user_id, set } = params.arguments;
  threeRequests(base, user_id, set).then(
    (text) => answer({ content: [{ type: 'text', text }] }),
    (error: unknown) => answer({ isError: true, content: [{ type: 'text', text: String(error) }] }),
  );
});
