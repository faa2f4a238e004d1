import type { Mac } from '../mac.ts';
import type { StoredEntry } from './entry.ts';
import { emptyHead, type Head } from './hash-chain.ts';

/**
 * The note of the newest row, as the database has it. With write access to the database the last rows can be deleted
 * and this note set back; the MAC over it, which only the server's key makes, tells.
 */
export interface SignedHead extends Head {
  mac: string;
  breaks: readonly HeadBreak[];
}

/**
 * A row up to which nothing but the chain vouches for the log: `mac` is what the note of it carried when the log was
 * continued, and did not hold then. It may hold once an old key is configured again. `migrated`: an earlier version, which
 * signed nothing, wrote up to it.
 */
export type HeadBreak = { seq: number; mac: string } | { seq: number; migrated: true };

/** Before the first row. */
export function firstHead(mac: Mac): SignedHead {
  return sign(emptyHead, [], mac);
}

/** The note of a store that an earlier version wrote. */
export function migratedHead(head: Head, mac: Mac): SignedHead {
  return sign(head, head.seq > 0 ? [{ seq: head.seq, migrated: true }] : [], mac);
}

/**
 * The note after one more row. Where the one before it does not hold, the log goes on all the same, since it is better
 * to record than not to; the break is noted under the new MAC, so that every later check finds it.
 */
export function continueHead(found: SignedHead, next: StoredEntry, mac: Mac): SignedHead {
  return sign(next, checkHead(found, mac) === 'holds' ? found.breaks : withBreak(found), mac);
}

export function checkHead(head: SignedHead, mac: Mac) {
  return mac.check('head', textOf(head, head.breaks), head.mac);
}

/** A break that does not hold with the keys that are known. */
export interface FoundBreak {
  seq: number;
  why: 'migrated' | 'broken' | 'unknown_key';
  mac?: string;
}

/** What still is one of the breaks, and why; `hashAt` gives the hash of a row. */
export function findBreaks(breaks: readonly HeadBreak[], hashAt: (seq: number) => string | undefined, mac: Mac) {
  return breaks.flatMap((one, index): FoundBreak[] => {
    if ('migrated' in one) return [{ seq: one.seq, why: 'migrated' }];
    const head = { seq: one.seq, hash: hashAt(one.seq) ?? '' };
    const why = mac.check('head', textOf(head, breaks.slice(0, index)), one.mac);
    return why === 'holds' ? [] : [{ seq: one.seq, why, mac: one.mac }];
  });
}

export function toBreaksText(breaks: readonly HeadBreak[]): string {
  return JSON.stringify(breaks);
}

/** None where the text was altered, which the MAC over it tells too. */
export function parseBreaks(text: string): HeadBreak[] {
  try {
    const breaks: unknown = JSON.parse(text);
    return Array.isArray(breaks) && breaks.every(isBreak) ? breaks : [];
  } catch {
    return [];
  }
}

function sign(head: Head, breaks: readonly HeadBreak[], mac: Mac): SignedHead {
  return { seq: head.seq, hash: head.hash, breaks, mac: mac.sign('head', textOf(head, breaks)) };
}

/** Where two servers with different keys write one store, each write is a break: the last kept one stands for the rest. */
function withBreak({ seq, mac, breaks }: SignedHead): HeadBreak[] {
  const kept = breaks.slice(0, maxBreaks - 1);
  return [...kept, kept.length < breaks.length ? { seq, mac: '' } : { seq, mac }];
}

const maxBreaks = 8;

function textOf({ seq, hash }: Head, breaks: readonly HeadBreak[]): string {
  return JSON.stringify([seq, hash, breaks.map((one) => [one.seq, 'migrated' in one ? null : one.mac])]);
}

function isBreak(value: unknown): value is HeadBreak {
  if (typeof value !== 'object' || value === null || !('seq' in value) || typeof value.seq !== 'number') return false;
  return ('mac' in value && typeof value.mac === 'string') || ('migrated' in value && value.migrated === true);
}
