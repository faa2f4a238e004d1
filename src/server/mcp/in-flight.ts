import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../errors.ts';
import { withTrace } from '../../lib/trace.ts';
import type { Tool, ToolContext, ToolResult } from './tool.ts';
import { traceparentOf } from './trace.ts';

/** Every tool call of this server while it runs: counted, traced, and seen through when the server stops. */
export interface Calls {
  wrap(tools: readonly Tool[]): Tool[];
  /** Whether a session has a call in flight. */
  isBusy(sessionId: string): boolean;
  /** From now on a question that waits for a person counts as unanswered. */
  expectNoAnswers(): void;
  /** From now on no call begins. */
  refuseNew(): void;
  /** Resolves once nothing is in flight and the answers have left, or else after a while. */
  ended(): Promise<void>;
}

/** How long calls in flight may take to end; a write that takes longer is settled by the next start. */
const DRAIN_MS = 20_000;
/** An answer leaves in the turns after its call has ended. */
const LEAVE_MS = 20;

/** `count` is told of each call when it ends; nobody is where there are no metrics. */
export function createInFlightCalls(count: (tool: string, outcome: string, seconds: number) => void = () => {}): Calls {
  const running = new Map<Promise<ToolResult>, string | undefined>();
  const stopping = new AbortController();
  let refuses = false;

  const run = async (tool: Tool, args: unknown, context: ToolContext): Promise<ToolResult> => {
    if (refuses) throw new AppError('internal', 'The server is stopping.', { facts: { next: 'Call again.' } });
    const started = performance.now();
    let outcome = 'failed';
    try {
      const answer = await withTrace(traceparentOf(context), () =>
        tool.handle(args, { ...context, stopping: stopping.signal }),
      );
      outcome = outcomeOf(answer);
      return answer;
    } finally {
      count(tool.name, outcome, (performance.now() - started) / 1000);
    }
  };

  const drain = async () => {
    while (running.size > 0) await Promise.allSettled(running.keys());
  };

  return {
    wrap: (tools) =>
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
    expectNoAnswers: () => stopping.abort(),
    refuseNew() {
      refuses = true;
    },
    async ended() {
      await Promise.race([drain(), sleep(DRAIN_MS)]);
      await sleep(LEAVE_MS);
    },
  };
}

/** A question that was put is `asked`; a list has no outcome of its own. */
function outcomeOf(answer: ToolResult): string {
  if (!('content' in answer)) return 'asked';
  const structured = answer.structuredContent as Readonly<Record<string, unknown>> | undefined;
  const outcome = structured?.['outcome'];
  return typeof outcome === 'string' ? outcome : answer.isError ? 'failed' : 'ok';
}
