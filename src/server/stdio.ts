import { setTimeout as sleep } from 'node:timers/promises';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { App } from '../app.ts';
import type { UsageError } from '../errors.ts';
import { startMaintenance } from '../maintenance.ts';
import { providers } from '../providers/index.ts';
import { serveWhilePending } from './approvals/on-demand.ts';
import { createStdioTransport } from './json-rpc/stdio-transport.ts';
import { createInFlightCalls } from './mcp/in-flight.ts';
import { defineTools, instructionsFor } from './mcp/registry.ts';
import { createMcpServer, toToolbox } from './mcp/server.ts';

/** How long calls in flight may take to end once the process was told to stop; recovery settles a longer write. */
const STOP_MS = 20_000;

export interface StdioStreams {
  input: NodeJS.ReadStream;
  output: NodeJS.WriteStream;
}

/**
 * Serves one client over stdin and stdout until its input ends or a signal comes; both protocol eras. What it has called
 * is seen through and answered in either case: a script may write all its calls and close its end.
 */
export async function runStdio(app: App, { input, output }: StdioStreams): Promise<void> {
  const { log, settings } = app;
  const calls = createInFlightCalls();
  const toolbox = toToolbox(calls.track(defineTools(providers, app)));
  const instructions = instructionsFor(providers, app);
  const page = serveWhilePending(app);
  const transport = createStdioTransport(input, output, (why) => log.warn({ why }, 'a message was ignored'));
  const handle = serveStdio(() => createMcpServer(toolbox, instructions, app, () => ({ principal: 'local' })), {
    transport,
    onerror: (error) => log.warn({ problem: error.name }, 'protocol error'),
  });
  const stopMaintenance = startMaintenance(app, 200);
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });

  let refusal: UsageError | undefined;
  const refused = app.conflict.then((error) => {
    refusal = error;
  });
  await Promise.race([transport.gone, stopped, transport.inputEnded, refused]);
  stopMaintenance();
  calls.closeQuestions();
  const hurried = Promise.race([stopped, refused]).then(async () => {
    calls.rejectNew();
    await sleep(STOP_MS);
  });
  const overdue = sleep(settings.limits.callMs + STOP_MS);
  await Promise.race([transport.gone, transport.settled(), hurried, overdue]);
  transport.abandon('The server stopped before this request ended.');
  await handle.close();
  await calls.drain();
  await page.close();
  await app.shutdown();
  if (refusal) throw refusal;
}
