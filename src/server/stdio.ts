import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Parts } from '../parts.ts';
import { providers } from '../providers/index.ts';
import { serveWhilePending } from './approvals/local.ts';
import { createMcpServer } from './mcp.ts';
import { defineTools, instructionsFor } from './tools.ts';

/** How long changes in flight may take to end once the client is gone. */
const DRAIN_MS = 20_000;

/** Serves one client over stdin and stdout until it closes its end; both protocol eras. */
export async function runStdio(parts: Parts): Promise<void> {
  const tools = defineTools(providers, parts);
  const instructions = instructionsFor(providers, parts);
  const running = new Set<Promise<unknown>>();
  const tracked = tools.map((tool) => ({
    ...tool,
    handle: (...call: Parameters<typeof tool.handle>) => {
      const pending = tool.handle(...call);
      running.add(pending);
      const done = () => running.delete(pending);
      pending.then(done, done);
      return pending;
    },
  }));
  const page = serveWhilePending(parts);
  const transport = new StdioServerTransport();
  const handle = serveStdio(() => createMcpServer(tracked, instructions, parts, () => 'local'), {
    transport,
    onerror: (error) => parts.log.warn({ problem: error.name }, 'protocol error'),
  });
  const tidying = setTimeout(() => void parts.tidy(), 200);

  await new Promise<void>((resolve) => {
    // A message too large for it makes the transport give up; nothing can be said to this client any more.
    const { onclose } = transport;
    transport.onclose = () => {
      onclose?.();
      resolve();
    };
    process.stdin.once('end', resolve);
    process.stdin.once('close', resolve);
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  clearTimeout(tidying);
  await handle.close();
  await Promise.race([Promise.allSettled(running), new Promise((resolve) => setTimeout(resolve, DRAIN_MS))]);
  await page.close();
  await parts.stop();
}
