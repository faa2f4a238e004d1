import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Parts } from '../parts.ts';
import { providers } from '../providers/index.ts';
import { serveWhilePending } from './approvals/local.ts';
import { createCalls } from './calls.ts';
import { createMcpServer, toToolbox } from './mcp.ts';
import { defineTools, instructionsFor } from './tools.ts';

/** Serves one client over stdin and stdout until it closes its end or a signal comes; both protocol eras. */
export async function runStdio(parts: Parts): Promise<void> {
  const calls = createCalls();
  const toolbox = toToolbox(calls.wrap(defineTools(providers, parts)));
  const instructions = instructionsFor(providers, parts);
  const page = serveWhilePending(parts);
  const transport = new StdioServerTransport();
  const handle = serveStdio(() => createMcpServer(toolbox, instructions, parts, () => 'local'), {
    transport,
    onerror: (error) => parts.log.warn({ problem: error.name }, 'protocol error'),
  });
  const tidying = setTimeout(() => void parts.tidy(), 200);

  const stopped = new Promise<'stopped'>((resolve) => {
    process.once('SIGINT', () => resolve('stopped'));
    process.once('SIGTERM', () => resolve('stopped'));
  });
  const gone = whenGone(transport);
  const end = await Promise.race([gone, stopped]);
  clearTimeout(tidying);
  // A client that is still there is owed the answers of what it has called; one that is gone takes its calls back.
  if (end === 'stopped') calls.hurry();
  const ended = calls.ended();
  if (end === 'stopped') await Promise.race([gone, ended]);
  await handle.close();
  await ended;
  await page.close();
  await parts.stop();
}

/** When nothing can be said to the client any more: it closed its end, or sent what was too large for the transport. */
function whenGone(transport: StdioServerTransport): Promise<'gone'> {
  return new Promise((resolve) => {
    const { onclose } = transport;
    const end = () => resolve('gone');
    transport.onclose = () => {
      onclose?.();
      end();
    };
    process.stdin.once('end', end);
    process.stdin.once('close', end);
  });
}
