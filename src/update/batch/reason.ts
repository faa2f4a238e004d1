import { createScrub } from '../redact/scrub.ts';
import { sensitiveTexts } from '../redact/sensitive.ts';
import type { BatchCall } from './types.ts';

/** The batch with a reason that repeats no secret of any of its changes. */
export function withShownReason(batch: BatchCall): BatchCall {
  if (batch.reason === undefined) return batch;
  const secrets = batch.changes.flatMap(({ connection, request }) =>
    [...request.set]
      .filter(([field]) => connection.provider.fields[field]?.sensitivity === 'secret')
      .flatMap(([, value]) => sensitiveTexts(value)),
  );
  if (secrets.length === 0) return batch;
  const reason = createScrub(secrets)(batch.reason);
  return {
    ...batch,
    reason,
    changes: batch.changes.map((change) => ({ ...change, request: { ...change.request, reason } })),
  };
}
