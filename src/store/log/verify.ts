import type { Mac } from '../mac.ts';
import type { Store } from '../store.ts';
import type { Entry } from './entry.ts';
import { emptyHead, genesis, type Head, verifyChain } from './hash-chain.ts';
import { checkHead, findBreaks } from './head.ts';

/**
 * `head`: the hash of the newest entry, to be noted elsewhere. `note`: what an intact log does not prove. If `entries`
 * comes with a problem, the chain is intact but its end cannot be checked with the known keys.
 */
export type LogVerdict =
  | { ok: true; rows: number; head: string; note?: string }
  | { ok: false; rows?: number; seq?: number; problem: string };

export interface VerifyOptions {
  /** The hash of a head that was noted elsewhere. */
  noted?: string;
  onProgress?: (rows: number) => void;
}

/**
 * Checks that the audit log is as this server wrote it. The hash chain proves each entry, and the MAC of the head
 * proves the end. Only a head that was noted elsewhere shows that the whole store was not reset to an earlier state.
 */
export async function verifyLog(
  store: Pick<Store, 'entries' | 'signedHead'>,
  mac: Mac,
  { noted, onProgress }: VerifyOptions = {},
): Promise<LogVerdict> {
  const head = await store.signedHead();
  /** Hashes of the entries that a break or `noted` refers to. */
  const hashes = new Map<number, string>();
  let last: Head = emptyHead;
  let isNoted = noted === undefined || noted === genesis;
  async function* watched(): AsyncGenerator<Entry> {
    for await (const row of store.entries()) {
      if (head.breaks.some(({ seq }) => seq === row.seq)) hashes.set(row.seq, row.hash);
      if (row.hash === noted) isNoted = true;
      last = row;
      yield row;
    }
  }

  const chain = await verifyChain(watched(), head, onProgress);
  if (!chain.ok) return chain;
  // Entries written meanwhile come after the head that was read first, and none come after the head that is read now.
  const end = await store.signedHead();
  if (last.seq > end.seq || (last.seq === end.seq && last.hash !== end.hash)) {
    return {
      ok: false,
      seq: end.seq + 1,
      problem: `Entry ${last.seq} comes after entry ${end.seq}, the newest one: it was added.`,
    };
  }
  for (const one of [head, end]) {
    const verdict = checkHead(one, mac);
    if (verdict === 'broken') return { ok: false, seq: one.seq, problem: alteredHead(one.seq) };
    if (verdict === 'unknown_key') return { ok: false, rows: chain.rows, problem: unknownKey(one) };
  }
  const breaks = findBreaks(head.breaks, (seq) => hashes.get(seq), mac);
  const broken = breaks.find(({ why }) => why === 'broken');
  if (broken) return { ok: false, seq: broken.seq, problem: brokenAt(broken.seq) };
  const unknown = breaks.find((one) => one.why === 'unknown_key');
  if (unknown) return { ok: false, rows: chain.rows, problem: unknownKey(unknown) };
  if (!isNoted) {
    return { ok: false, problem: `The head ${noted} is not in the chain: entries up to it were removed or replaced.` };
  }
  const migrated = breaks.at(-1);
  return { ok: true, rows: chain.rows, head: last.hash, ...(migrated && { note: migratedUpTo(migrated.seq) }) };
}

function alteredHead(seq: number): string {
  return (
    `The head at entry ${seq} has no valid MAC of this server's key: it was altered, ` +
    'and entries after it may have been removed.'
  );
}

function unknownKey({ seq, mac }: { seq: number; mac?: string }): string {
  return (
    `entry ${seq} was signed as the newest with the key ${mac?.split(':')[0]}, which is not known here. ` +
    'Add that key to oldKeys; if it never was a key of this store, entries may have been removed.'
  );
}

function brokenAt(seq: number): string {
  return (
    `The log was continued after entry ${seq} although the head there had no valid MAC of this server's key: ` +
    `it had been altered, and entries after ${seq} may have been removed.`
  );
}

function migratedUpTo(seq: number): string {
  return (
    `Entries 1 to ${seq} were written by an earlier version, which did not sign the end of the log: ` +
    'entries may have been removed there without a trace.'
  );
}
