import type { Mac } from '../mac.ts';
import type { Head } from './hash-chain.ts';

/**
 * The stored head. With write access to the database, the last entries can be deleted and the head reset. The MAC over
 * the head reveals that, because only the server's key can make it.
 */
export interface SignedHead extends Head {
  mac: string;
  breaks: readonly HeadBreak[];
}

/**
 * Up to this entry only the hash chain proves the audit log: `mac` is the MAC of its head, which was invalid when the
 * log was continued. It may become valid once an old key is configured again. `migrated`: written by an earlier
 * version, which signed nothing.
 */
export type HeadBreak = { seq: number; mac: string } | { seq: number; migrated: true };

/** A head without breaks. */
export function signHead(head: Head, mac: Mac): SignedHead {
  return sign(head, [], mac);
}

/** The head of a store that an earlier version wrote. */
export function migratedHead(head: Head, mac: Mac): SignedHead {
  return sign(head, head.seq > 0 ? [{ seq: head.seq, migrated: true }] : [], mac);
}

/** Returns the head after one more entry. */
export type ContinueHead = (found: SignedHead, next: Head) => SignedHead;

/**
 * If the MAC of the head that was found is invalid, the audit log still continues, since no entry may be lost; the break is
 * kept under the new MAC, so that every later check finds it. The head that was signed last needs no check.
 */
export function createHeadSigner(mac: Mac): ContinueHead {
  let last: SignedHead | undefined;
  return (found, next) => {
    const holds = (last && isSameHead(found, last)) || checkHead(found, mac) === 'holds';
    last = sign(next, holds ? found.breaks : withBreak(found), mac);
    return last;
  };
}

function isSameHead(one: SignedHead, other: SignedHead): boolean {
  return one.mac === other.mac && textOf(one, one.breaks) === textOf(other, other.breaks);
}

export function checkHead(head: SignedHead, mac: Mac) {
  return mac.check('head', textOf(head, head.breaks), head.mac);
}

/** A break whose MAC is invalid with the known keys. */
export interface FoundBreak {
  seq: number;
  why: 'migrated' | 'broken' | 'unknown_key';
  mac?: string;
}

/** The breaks that remain with the known keys, and why; `hashAt` returns the hash of an entry. */
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

/** Empty if the text was altered, which its MAC also reveals. */
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

/**
 * If two servers with different keys write to one store, every write is a break: the last one kept represents the rest.
 */
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
