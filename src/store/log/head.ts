import type { Mac } from '../mac.ts';
import type { StoredEntry } from './entry.ts';
import { emptyHead, type Head } from './hash-chain.ts';

/**
 * The head as the database has it. With write access to the database the last entries can be deleted and the head set
 * back; the MAC over it, which only the server's key makes, shows that.
 */
export interface SignedHead extends Head {
  mac: string;
  breaks: readonly HeadBreak[];
}

/**
 * An entry up to which only the chain proves the audit log: `mac` is the MAC of its head, which did not hold when the log
 * was continued. It may hold once an old key is configured again. `migrated`: an earlier version, which signed nothing,
 * wrote up to it.
 */
export type HeadBreak = { seq: number; mac: string } | { seq: number; migrated: true };

/** Before the first entry. */
export function firstHead(mac: Mac): SignedHead {
  return sign(emptyHead, [], mac);
}

/** The head of a store that an earlier version wrote. */
export function migratedHead(head: Head, mac: Mac): SignedHead {
  return sign(head, head.seq > 0 ? [{ seq: head.seq, migrated: true }] : [], mac);
}

/**
 * The head after one more entry. Where the one before does not hold, the audit log continues nevertheless, since an entry
 * must not be lost; the break is kept under the new MAC, so that every later check finds it.
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

/** The breaks that are left with the known keys, and why; `hashAt` gives the hash of an entry. */
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

/** None where the text was altered, which the MAC over it shows too. */
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

/** Where two servers with different keys write one store, each write is a break: the last kept one represents the rest. */
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
