import { setTimeout as sleep } from 'node:timers/promises';
import { TRACEPARENT_META_KEY } from '@modelcontextprotocol/server';
import { bounds } from '../../bounds.ts';
import { AppError } from '../../errors.ts';
import { withTrace } from '../../lib/trace.ts';
import { isFinal, type Tool, type ToolContext, type ToolResult } from './tool.ts';

/** The tool calls that are running: counted, traced, and drained when the server shuts down. */
export interface InFlightCalls {
  /** The same tools, with their calls tracked. */
  track(tools: readonly Tool[]): Tool[];
  /** Whether a session has a call in flight. */
  isBusy(sessionId: string): boolean;
  /** From now on open questions count as unanswered. */
  closeQuestions(): void;
  /** From now on new calls fail, and batches begin no further change. */
  rejectNew(): void;
  /** Resolves when no call is in flight and the results have been sent, or after `bounds.drainMs`. */
  drain(): Promise<void>;
}

/** Results are sent in the event loop turns after their call has ended. */
const SEND_MS = 20;

/** `count` is called with every call that ends, for metrics. */
export function createInFlightCalls(
  count: (tool: string, outcome: string, seconds: number) => void = () => {},
): InFlightCalls {
  const running = new Map<Promise<ToolResult>, string | undefined>();
  const stopping = new AbortController();
  const terminating = new AbortController();

  const run = async (tool: Tool, args: unknown, context: ToolContext): Promise<ToolResult> => {
    if (terminating.signal.aborted)
      throw new AppError('internal', 'The server is stopping.', { facts: { next: 'Call again.' } });
    const started = performance.now();
    let outcome = 'failed';
    try {
      const result = await withTrace(traceparentOf(context), () =>
        tool.handle(args, { ...context, stopping: stopping.signal, terminating: terminating.signal }),
      );
      outcome = outcomeOf(result);
      return result;
    } finally {
      count(tool.name, outcome, (performance.now() - started) / 1000);
    }
  };

  const untilNoneRuns = async () => {
    while (running.size > 0) await Promise.allSettled(running.keys());
  };

  return {
    track: (tools) =>
      tools.map((tool) => ({
        ...tool,
        handle(args, context) {
          const pending = run(tool, args, context);
          running.set(pending, context.mcp.sessionId);
          const done = () => running.delete(pending);
          pending.then(done, done);
          return pending;
        },
      })),
    isBusy: (sessionId) => [...running.values()].includes(sessionId),
    closeQuestions: () => stopping.abort(),
    rejectNew: () => terminating.abort(),
    async drain() {
      await Promise.race([untilNoneRuns(), sleep(bounds.drainMs)]);
      await sleep(SEND_MS);
    },
  };
}

/** The trace that the message itself names. It replaces that of an HTTP request. Not validated yet. */
function traceparentOf({ mcp }: ToolContext): unknown {
  const meta: Readonly<Record<string, unknown>> = mcp.mcpReq._meta ?? {};
  return meta[TRACEPARENT_META_KEY];
}

/** The outcome for metrics: `asked` for a question, `ok` for a list, which has no outcome of its own. */
function outcomeOf(result: ToolResult): string {
  if (!isFinal(result)) return 'asked';
  const outcome = result.structuredContent?.['outcome'];
  return typeof outcome === 'string' ? outcome : result.isError ? 'failed' : 'ok';
}
