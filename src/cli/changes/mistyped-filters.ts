import type { Store } from '../../store/store.ts';
import { type ChangeQuery, hasField, isCaller, isUser } from './filter.ts';

/**
 * Sentences about filters that match no entry at all, for an empty result: a mistyped name must not look like a user
 * without changes. Reads the whole audit log.
 */
export async function filtersWithoutEntries(store: Store, query: ChangeQuery): Promise<string[]> {
  const { users, caller, field } = query;
  const checks = [
    { of: 'this user', isUnseen: users !== undefined },
    { of: `the caller "${caller}"`, isUnseen: caller !== undefined },
    { of: `the field "${field}"`, isUnseen: field !== undefined },
  ] as const;
  const unseen = new Set(checks.filter(({ isUnseen }) => isUnseen));
  const [byUser, byCaller, byField] = checks;
  for await (const entry of store.entries()) {
    if (unseen.size === 0) break;
    if (users?.some((user) => isUser(entry, user))) unseen.delete(byUser);
    if (caller !== undefined && isCaller(entry.body, caller)) unseen.delete(byCaller);
    if (field !== undefined && hasField(entry, field)) unseen.delete(byField);
  }
  return [...unseen].map(({ of }) => `The audit log has no entry of ${of}.`);
}
