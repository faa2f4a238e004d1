import { setTimeout as sleep } from 'node:timers/promises';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { App } from '../app.ts';
import type { UsageError } from '../errors.ts';
import { limitYoungGeneration } from '../lib/young-generation.ts';
import { startMaintenance } from '../maintenance.ts';
import { BUILT_IN_CALLERS } from '../update/types.ts';
import { serveWhilePending } from './approvals/on-demand.ts';
import { createStdioTransport } from './json-rpc/stdio-transport.ts';
import { createInFlightCalls } from './mcp/in-flight.ts';
import { defineTools, instructionsFor } from './mcp/registry.ts';
import { createMcpServer, toToolbox } from './mcp/server.ts';

/** How long in-flight calls may take once the process was told to stop. A longer write is left to recovery. */
const STOP_MS = 20_000;
const FIRST_MAINTENANCE_MS = 200;

export interface StdioStreams {
  input: NodeJS.ReadStream;
  output: NodeJS.WriteStream;
}

/**
 * Serves one client of either protocol era over stdin and stdout, until the input ends or a signal arrives. In-flight
 * calls are drained in both cases: a script may write all its calls and close its end.
 */
export async function runStdio(app: App, { input, output }: StdioStreams): Promise<void> {
  const { log, settings } = app;
  const calls = createInFlightCalls();
  const toolbox = toToolbox(calls.track(defineTools(app)));
  const instructions = instructionsFor(app);
  const page = serveWhilePending(app);
  const transport = createStdioTransport(input, output, (why) => log.warn({ why }, 'a message was ignored'));
  const handle = serveStdio(
    () => createMcpServer(toolbox, instructions, app, () => ({ principal: BUILT_IN_CALLERS.stdio })),
    {
      transport,
      onerror: (error) => log.warn({ problem: error.name }, 'protocol error'),
    },
  );
  limitYoungGeneration();
  const stopMaintenance = startMaintenance(app, FIRST_MAINTENANCE_MS);
  const signalled = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });

  let fatal: UsageError | undefined;
  const conflicted = app.conflict.then((error) => {
    fatal = error;
  });
  await Promise.race([transport.outputClosed, signalled, transport.inputEnded, conflicted]);
  stopMaintenance();
  calls.closeQuestions();
  const toldToStop = Promise.race([signalled, conflicted]).then(async () => {
    calls.rejectNew();
    await sleep(STOP_MS);
  });
  const overdue = sleep(Math.max(settings.limits.callMs, settings.limits.batchMs) + STOP_MS);
  // Drain in-flight calls if the client can still read.
  await Promise.race([transport.outputClosed, transport.drained(), toldToStop, overdue]);
  transport.failOpenRequests('The server stopped before this request ended.');
  await handle.close();
  await calls.drain();
  await page.close();
  await app.shutdown();
  if (fatal) throw fatal;
}
