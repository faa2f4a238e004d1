import type { ListedChange } from '../store/log/entry.ts';
import type { Store, UserRecord } from '../store/store.ts';

/** Changes looked at. */
const MOST_CHANGES = 100;

/**
 * The user records whose entries have these keyed hashes of an e-mail address. Their other entries are about the same
 * person, whatever her address was then, and entries of earlier versions have no key.
 */
export async function recordsWithKeys(
  store: Pick<Store, 'list'>,
  emailKeys: readonly string[],
): Promise<Required<UserRecord>[]> {
  const changes = await store.list({ person: { users: [], emailKeys }, limit: MOST_CHANGES });
  const records = new Map(changes.map((change) => [keyOf(change), toRecord(change)]));
  return [...records.values()];
}

function keyOf({ provider, connection, userId }: ListedChange): string {
  return [provider, connection, userId].join('\0');
}

function toRecord({ provider, connection, userId }: ListedChange): Required<UserRecord> {
  return { provider, connection, userId };
}
