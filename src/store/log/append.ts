import { bounds } from '../../bounds.ts';
import type { Mac } from '../mac.ts';
import { storable, storableUser } from '../storable.ts';
import type { OpenResult } from '../store.ts';
import type { Entry, EntryKind, NewEntry, StoredEntry } from './entry.ts';
import { genesis, type Head, hashText, textAround } from './hash-chain.ts';
import { fitBody } from './truncate.ts';

/**
 * Makes the entry that follows `head`. The only function that makes entries, for every database; none is longer than
 * `bounds.auditEntryBytes` as a line of an export.
 */
export function nextEntry(
  head: Head,
  kind: EntryKind,
  entry: NewEntry,
  { processId, now, mac }: { processId: string; now: number; mac: Mac },
): StoredEntry {
  const columns = {
    seq: head.seq + 1,
    changeId: storable(entry.changeId),
    kind,
    at: new Date(now).toISOString(),
    outcome: storable(entry.outcome),
    owner: storable(processId),
    ...storableUser(entry),
    prev: head.hash,
  };
  const around = textAround(columns);
  const bodyText = fitBody(entry.body, bounds.auditEntryBytes - Buffer.byteLength(around.join('')) - HASH_BYTES, mac);
  return { ...columns, bodyText, hash: hashText(around, bodyText) };
}

/** Bytes of the member `hash` in a line of an export. */
const HASH_BYTES = `,"hash":"${genesis}"`.length;

/** This user's newest entry that is not an attempt; the whole entry is read only if it is open. */
export interface LastMove {
  seq: number;
  kind: EntryKind;
  entry(): Entry;
}

/**
 * The result of `open`, or undefined if the intent can be opened. Changes of one user are sequential, so the last move
 * is `opened` exactly when a change of this user is open.
 */
export function findObstacle(
  { isConsumed, last, since }: { isConsumed: boolean; last: LastMove | undefined; since: number },
  isAlive: (entry: Entry) => boolean,
): Exclude<OpenResult, { kind: 'opened' }> | undefined {
  // Checked first: neither waiting nor rereading makes a consumed yes usable.
  if (isConsumed) return { kind: 'consumed' };
  if (last?.kind === 'opened') {
    const entry = last.entry();
    return isAlive(entry) ? { kind: 'busy' } : { kind: 'in_doubt', entry };
  }
  return last && last.seq > since ? { kind: 'moved' } : undefined;
}
