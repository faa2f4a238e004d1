import { hash } from 'node:crypto';
import { toBodyText } from './codec.ts';
import type { Entry, StoredEntry } from './entry.ts';

/** The newest row's seq and hash; `{ seq: 0, hash: genesis }` before the first row. */
export interface Head {
  seq: number;
  hash: string;
}

export type ChainVerdict = { ok: true; rows: number } | { ok: false; seq: number; problem: string };

/** What the first row has as `prev`. */
export const genesis = '0'.repeat(64);

export const emptyHead: Head = { seq: 0, hash: genesis };

/**
 * The hash of a row: SHA-256, in hex, over the canonical JSON (keys sorted, no white space) of the whole row without its
 * own `hash`; `prev` is part of it. Anybody can recompute it from an export.
 */
export function hashEntry(row: Omit<StoredEntry, 'hash'>): string {
  const members = [
    `"at":${JSON.stringify(row.at)}`,
    `"body":${row.bodyText}`,
    `"changeId":${JSON.stringify(row.changeId)}`,
    `"connection":${JSON.stringify(row.connection)}`,
    `"kind":${JSON.stringify(row.kind)}`,
    `"outcome":${JSON.stringify(row.outcome)}`,
    `"owner":${JSON.stringify(row.owner)}`,
    `"prev":${JSON.stringify(row.prev)}`,
    `"provider":${JSON.stringify(row.provider)}`,
    `"seq":${row.seq}`,
    `"userId":${JSON.stringify(row.userId)}`,
  ];
  return hash('sha256', `{${members.join(',')}}`);
}

/**
 * Walks the whole log once, in bounded memory, and names the first row that is not as it was written: altered, missing
 * (also the first and the last), out of order. `head` has to be read before the first row: rows written while this runs
 * lie beyond it and only have to continue the chain.
 */
export async function verifyChain(
  rows: AsyncIterable<Entry>,
  head: Head,
  onProgress?: (rows: number) => void,
): Promise<ChainVerdict> {
  let last = emptyHead;
  for await (const row of rows) {
    const problem = findProblem(row, last, head);
    if (problem) return { ok: false, ...problem };
    last = { seq: row.seq, hash: row.hash };
    if (last.seq % 1000 === 0) onProgress?.(last.seq);
  }
  if (last.seq < head.seq) {
    const problem = `Row ${last.seq + 1} is missing: the log ends before row ${head.seq}, which was its newest.`;
    return { ok: false, seq: last.seq + 1, problem };
  }
  return { ok: true, rows: last.seq };
}

function findProblem(row: Entry, last: Head, head: Head): { seq: number; problem: string } | undefined {
  const expected = last.seq + 1;
  if (row.seq > expected) return { seq: expected, problem: `Row ${expected} is missing.` };
  if (row.seq < expected) return { seq: expected, problem: `Row ${row.seq} stands where row ${expected} belongs.` };
  const { seq } = row;
  if (hashEntry({ ...row, bodyText: toBodyText(row.body) }) !== row.hash)
    return { seq, problem: `Row ${seq} was altered after it was written.` };
  if (row.prev !== last.hash) {
    return { seq, problem: `Row ${seq} does not continue the row before it: one of the two was replaced.` };
  }
  if (seq === head.seq && row.hash !== head.hash) {
    return { seq, problem: `Row ${seq} is not the one that was noted as the newest: it was replaced.` };
  }
  return undefined;
}
