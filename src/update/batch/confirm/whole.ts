import { keyOfRecord } from '../recorded.ts';
import type { BatchCall, BatchChange } from '../types.ts';

/**
 * A batch that is resumed asks for what is left of it. Approvers were asked about the whole: an approval is found, and covers
 * changes, by their places in that.
 */

type Part = Pick<BatchCall, 'changes' | 'whole'>;

/** What the changes of the call have, by their places in the whole; null for those that ended before. */
export function inWhole<T>(part: Part, own: readonly (T | null)[]): (T | null)[] {
  const places = placesOf(part);
  return (part.whole ?? part.changes).map((change) => own[places.get(keyOf(change)) ?? -1] ?? null);
}

/** What the changes of the call have, of what is known of the whole. */
export function inPart<T>({ changes, whole = changes }: Part, all: readonly (T | null)[]): (T | null)[] {
  const places = placesOf({ changes: whole });
  return changes.map((change) => all[places.get(keyOf(change)) ?? -1] ?? null);
}

/** No user record is in a batch twice. */
function placesOf({ changes }: Pick<Part, 'changes'>): Map<string, number> {
  return new Map(changes.map((change, index) => [keyOf(change), index]));
}

function keyOf({ connection: { provider, name }, request: { userId } }: BatchChange): string {
  return keyOfRecord({ provider: provider.id, connection: name, userId });
}
