import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Parts } from '../parts.ts';
import { providers } from '../providers/index.ts';
import { keepTidy } from '../tidy.ts';
import { serveWhilePending } from './approvals/local.ts';
import { createCalls } from './calls.ts';
import { createMcpServer, toToolbox } from './mcp.ts';
import { defineTools, instructionsFor } from './tools.ts';

/** What was said together with the end of the input has begun by then. */
const LAST_WORDS_MS = 20;

/**
 * Serves one client over stdin and stdout until it has nothing more to say or a signal comes; both protocol eras. What it
 * has called is seen through and answered in either case: a script may write all its calls and close its end.
 */
export async function runStdio(parts: Parts): Promise<void> {
  const calls = createCalls();
  const toolbox = toToolbox(calls.wrap(defineTools(providers, parts)));
  const instructions = instructionsFor(providers, parts);
  const page = serveWhilePending(parts);
  // The transport gives up the output as well when its input ends, so it is not shown the end.
  const input = process.stdin.pipe(new PassThrough(), { end: false });
  const transport = new StdioServerTransport(input);
  const handle = serveStdio(() => createMcpServer(toolbox, instructions, parts, () => ({ principal: 'local' })), {
    transport,
    onerror: (error) => parts.log.warn({ problem: error.name }, 'protocol error'),
  });
  const stopTidying = keepTidy(parts, 200);

  const stopped = new Promise<'stopped'>((resolve) => {
    process.once('SIGINT', () => resolve('stopped'));
    process.once('SIGTERM', () => resolve('stopped'));
  });
  const silent = new Promise<'silent'>((resolve) => {
    for (const event of ['end', 'close', 'error']) process.stdin.on(event, () => resolve('silent'));
  });
  const gone = whenGone(transport);
  const end = await Promise.race([gone, stopped, silent]);
  stopTidying();
  if (end === 'silent') await sleep(LAST_WORDS_MS);
  // Whoever can still be answered is owed the answers; a client that is gone takes its calls back.
  if (end !== 'gone') calls.hurry();
  const ended = calls.ended();
  if (end !== 'gone') await Promise.race([gone, ended]);
  await handle.close();
  await ended;
  await page.close();
  await parts.stop();
}

/** When nothing can be said to the client any more: it reads no longer, or sent what was too large for the transport. */
function whenGone(transport: StdioServerTransport): Promise<'gone'> {
  return new Promise((resolve) => {
    const { onclose } = transport;
    transport.onclose = () => {
      onclose?.();
      resolve('gone');
    };
  });
}
