import { createInterface } from 'node:readline';
import { threeRequests } from './three-requests.ts';

/** The same three requests without MCP: one line in, one line out, no SDK and no schema. */
const base = process.env['BENCH_VENDOR'] ?? '';

interface Message {
  id?: number;
  method: string;
  params: { arguments?: { user_id: string; set: Record<string, unknown> } };
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, params } = JSON.parse(line) as Message;
  const respond = (result: unknown) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
  if (id === undefined) return;
  if (!params.arguments) return void respond({ tools: [] });
  const { user_id, set } = params.arguments;
  threeRequests(base, user_id, set).then(
    (text) => respond({ content: [{ type: 'text', text }] }),
    (error: unknown) => respond({ isError: true, content: [{ type: 'text', text: String(error) }] }),
  );
});
