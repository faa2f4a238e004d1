import type { App } from '../../app.ts';
import { quoteNames } from '../../lib/text/quote.ts';
import type { BatchCall, BatchReply, BatchResult } from '../../update/batch/types.ts';
import { toBatchToolResult } from './batch-results.ts';
import { createAskUser, type Round } from './elicitation.ts';
import { createProgress } from './progress.ts';
import type { ToolContext, ToolResult } from './tool.ts';

/** What a round adds to a batch: the answer to the question, and until when changes may be begun. */
export type BatchRound = Round & Pick<BatchCall, 'until'>;

/** Runs a batch, asking the client's user if it has to be confirmed. */
export type RunBatch = (
  batch: BatchCall,
  run: (round: BatchRound) => Promise<BatchReply>,
  context: ToolContext,
) => Promise<ToolResult>;

export function createRunBatch(app: App): RunBatch {
  const askUser = createAskUser(app);
  return async (batch, run, context) => {
    const pageMessage = (result: BatchResult) => pageMessageOf(batch, result);
    // The time that a person takes to answer does not count.
    const timed = async (round: Round) =>
      await run({ ...round, until: performance.now() + app.settings.limits.batchMs });
    return await askUser({ kind: 'batch', run: timed, toToolResult: toBatchToolResult, pageMessage }, context);
  };
}

/** Who calls, how far the client can be asked, and what is told while the batch is under way. */
export function batchOriginOf({ caller, canAsk, mcp, terminating }: ToolContext) {
  const { signal } = mcp.mcpReq;
  const observer = createProgress(mcp);
  return {
    caller,
    canAsk,
    signal: terminating ? AbortSignal.any([signal, terminating]) : signal,
    ...(observer && { observer }),
  };
}

/** Names how many people, the providers and the fields. */
function pageMessageOf({ changes }: BatchCall, { counts }: BatchResult): string {
  const waiting = counts.needs_approval ?? 0;
  const providers = [...new Set(changes.map(({ connection }) => connection.provider.id))];
  const fields = [...new Set(changes.flatMap(({ request }) => [...request.set.keys(), ...request.clear]))];
  const people = waiting === 1 ? 'one person' : `${waiting} people`;
  return `A change of ${people} at ${providers.join(', ')} waits for an approver: ${quoteNames(fields, 5)}. Open the approval page?`;
}
