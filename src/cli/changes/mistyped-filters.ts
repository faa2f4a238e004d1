import { type ChangeQuery, findChanges } from '../../audit/search.ts';
import type { Store } from '../../store/store.ts';

/**
 * Sentences about filters that match no change at all, for an empty result: a mistyped name must not look like a user
 * without changes. May read the whole audit log.
 */
export async function filtersWithoutEntries(store: Store, query: ChangeQuery): Promise<string[]> {
  const { person, caller, approver, field, batchId } = query;
  const checks: [name: string, alone: ChangeQuery | undefined][] = [
    ['this user', person && { person }],
    [`the caller "${caller}"`, caller === undefined ? undefined : { caller }],
    [`the approver "${approver}"`, approver === undefined ? undefined : { approver }],
    [`the field "${field}"`, field === undefined ? undefined : { field }],
    [`the batch "${batchId}"`, batchId === undefined ? undefined : { batchId }],
  ];
  const unseen: string[] = [];
  for (const [name, alone] of checks) {
    if (alone && !(await hasMatch(store, alone))) unseen.push(`The audit log has no entry of ${name}.`);
  }
  return unseen;
}

async function hasMatch(store: Store, query: ChangeQuery): Promise<boolean> {
  for await (const _ of findChanges(store, query)) return true;
  return false;
}
