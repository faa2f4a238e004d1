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
  return withReason(batch, createScrub(secrets)(batch.reason));
}

/** The batch with this reason for every change, or with none. */
export function withReason({ reason: _, ...batch }: BatchCall, reason: string | undefined): BatchCall {
  const given = reason === undefined ? {} : { reason };
  const changes = batch.changes.map(({ request: { reason: __, ...request }, ...change }) => {
    return { ...change, request: { ...request, ...given } };
  });
  return { ...batch, ...given, changes };
}
