import { storableKey } from '../storable.ts';
import { LOOKED_UP } from '../store.ts';
import type { EntryBody, EntryKind, StoredEntry } from './entry.ts';

/** What is kept beside an entry, so that it is found and counted without reading bodies. */
export interface EntryIndex {
  keys: readonly string[];
  /** The row of `activity` that counts it. */
  counted?: { day: string; provider: string; outcome: string };
}

/**
 * Entries that end a change (results, attempts) are indexed. Intents are not: the few open ones are searched by their
 * text, and the others are superseded.
 */
export function indexOf(row: StoredEntry, body: EntryBody): EntryIndex {
  const { kind, at, provider, outcome } = row;
  if (!endsChange(kind)) return { keys: [] };
  return {
    keys: keysOf(body),
    ...(outcome !== LOOKED_UP && { counted: { day: at.slice(0, 10), provider, outcome } }),
  };
}

function endsChange(kind: EntryKind): boolean {
  return kind === 'closed' || kind === 'attempt';
}

/** The keys in `entry_keys`. Those of e-mail addresses are hexadecimal, so a batch cannot have the same one. */
export function keysOf({ emailKeys, batchId }: EntryBody): string[] {
  const keys = Array.isArray(emailKeys) ? emailKeys : []; // an altered body may hold anything
  return [...new Set([...keys.map(storableKey), ...(batchId === undefined ? [] : [batchKey(batchId)])])];
}

export function batchKey(batchId: string): string {
  return storableKey(`batch/${batchId}`);
}
