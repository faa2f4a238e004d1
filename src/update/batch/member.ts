import type { BatchConsent, BatchMembership, Call } from '../context.ts';
import type { BatchCall, BatchChange, Consent } from './types.ts';

/** One change of a batch as a call of its own; with the consent to it, it writes. */
export function memberCall(
  { id, caller, answer, canAsk, place, unanswered, signal, until, isResumed, people }: BatchCall,
  { connection, request }: BatchChange,
  more: Omit<BatchMembership, 'id' | 'isResumed' | 'until'> = {},
): Call {
  return {
    connection,
    request,
    caller,
    canAsk,
    ...(answer && { answer }),
    ...(place && { place }),
    ...(unanswered && { unanswered }),
    ...(signal && { signal }),
    ...(people && { people }),
    batch: { id, ...(isResumed && { isResumed }), ...(until !== undefined && { until }), ...more },
  };
}

/** The consent to one change; undefined if it was not part of what was agreed to. */
export function consentTo({ digests, level, overwrite, evidence }: Consent, index: number): BatchConsent | undefined {
  const digest = digests[index];
  return typeof digest === 'string' ? { covers: { digest }, level, overwrite, evidence } : undefined;
}
