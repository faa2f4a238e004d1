import type { ServerContext } from '@modelcontextprotocol/server';
import { BATCH_PHASES, type BatchObserver, type BatchPhase } from '../../update/batch/types.ts';

const SAID: Readonly<Record<BatchPhase, string>> = { plan: 'read', write: 'written', undo: 'put back' };
const INTERVAL_MS = 300;

/**
 * Reports the progress of a batch to a client that asked for it with a token: a number that only grows, a few times a
 * second at most. Undefined if the client did not ask.
 */
export function createProgress({ mcpReq }: ServerContext): Pick<BatchObserver, 'progress'> | undefined {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return undefined;
  let [last, sentAt] = [-1, Number.NEGATIVE_INFINITY];
  return {
    progress(phase, done, total) {
      // Each phase counts to a hundred.
      const step = BATCH_PHASES.indexOf(phase);
      const progress = step * 100 + Math.floor((done / total) * 100);
      const now = performance.now();
      if (progress <= last || (now - sentAt < INTERVAL_MS && done < total)) return;
      [last, sentAt] = [progress, now];
      const message = `${done} of ${total} ${SAID[phase]}`;
      const params = { progressToken, progress, total: Math.max(2, step + 1) * 100, message };
      // A client that no longer listens misses it, and nothing else.
      void mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {});
    },
  };
}
