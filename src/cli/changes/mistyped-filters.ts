import type { Store } from '../../store/store.ts';
import { type ChangeQuery, hasField, isCaller, isUser } from './filter.ts';

/**
 * Sentences about filters that fit no entry at all, for when nothing was found: a name that is mistyped must not pass for
 * a user without changes. Walks through the whole log.
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
  for await (const row of store.rows()) {
    if (unseen.size === 0) break;
    if (users?.some((user) => isUser(row, user))) unseen.delete(byUser);
    if (caller !== undefined && isCaller(row.body, caller)) unseen.delete(byCaller);
    if (field !== undefined && hasField(row, field)) unseen.delete(byField);
  }
  return [...unseen].map(({ of }) => `The log has no entry of ${of}.`);
}
