import { hash } from 'node:crypto';
import { toBodyText } from './codec.ts';
import type { Entry, StoredEntry } from './entry.ts';

/** The newest entry's seq and hash; `emptyHead` before the first entry. */
export interface Head {
  seq: number;
  hash: string;
}

export type ChainVerdict = { ok: true; rows: number } | { ok: false; seq: number; problem: string };

/** `prev` of the first entry. */
export const genesis = '0'.repeat(64);

export const emptyHead: Head = { seq: 0, hash: genesis };

/**
 * The hash of an entry: SHA-256, in hex, over the canonical JSON (keys sorted, no white space) of the whole entry without
 * its own `hash`; `prev` is part of it. It can be recomputed from an export.
 */
export function hashEntry(row: Omit<StoredEntry, 'hash'>): string {
  return hashText(textAround(row), row.bodyText);
}

/** The canonical JSON of an entry, before and after the text of its body. */
export type TextAround = readonly [before: string, after: string];

export function textAround(row: Omit<StoredEntry, 'hash' | 'bodyText'>): TextAround {
  const after = [
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
  return [`{"at":${JSON.stringify(row.at)},"body":`, `,${after.join(',')}}`];
}

export function hashText([before, after]: TextAround, bodyText: string): string {
  return hash('sha256', before + bodyText + after);
}

/**
 * Reads the whole audit log once, in bounded memory, and names the first entry that is not as it was written: altered,
 * missing (also the first and the last), out of order. `head` has to be read before the first entry: entries written
 * while this runs lie beyond it and only have to continue the chain.
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
    const problem = `Entry ${last.seq + 1} is missing: the log ends before entry ${head.seq}, which was its newest.`;
    return { ok: false, seq: last.seq + 1, problem };
  }
  return { ok: true, rows: last.seq };
}

function findProblem(row: Entry, last: Head, head: Head): { seq: number; problem: string } | undefined {
  const expected = last.seq + 1;
  if (row.seq > expected) return { seq: expected, problem: `Entry ${expected} is missing.` };
  if (row.seq < expected) return { seq: expected, problem: `Entry ${row.seq} is in the place of entry ${expected}.` };
  const { seq } = row;
  if (hashEntry({ ...row, bodyText: toBodyText(row.body) }) !== row.hash)
    return { seq, problem: `Entry ${seq} was altered after it was written.` };
  if (row.prev !== last.hash) {
    return { seq, problem: `Entry ${seq} does not continue the entry before it: one of the two was replaced.` };
  }
  if (seq === head.seq && row.hash !== head.hash) {
    return { seq, problem: `Entry ${seq} is not the one that was noted as the newest: it was replaced.` };
  }
  return undefined;
}
