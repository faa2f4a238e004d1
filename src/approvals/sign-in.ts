import { createHash } from 'node:crypto';
import { createKeyedMutex } from '../lib/async/keyed-mutex.ts';
import type { Approvals, ApproverRow } from '../store/approvals.ts';
import { createBackOff } from './back-off.ts';
import { createVerifier, verifyPassphrase } from './passphrase.ts';

export type SignIn =
  | { kind: 'ok'; approver: ApproverRow }
  | { kind: 'wrong' }
  /** A box was left empty: nothing was tried. */
  | { kind: 'empty' }
  /** Nothing was tried: too many wrong passphrases for this name from this source, or too many tries at once. */
  | { kind: 'wait'; seconds: number };

/** Tries of one source that wait for each other, and sources that wait at all. */
const MAX_IN_LINE = 8;
const MAX_SOURCES = 256;
const BUSY_SECONDS = 5;
/** Hashing takes threads and memory that others need too. */
const LANES = 2;

/**
 * Checks a passphrase. Wrong ones slow down the source they come from, for that name, and no other source. Unknown names
 * take as long and slow down like known ones, so that no answer tells who is an approver. One source is served one try
 * at a time: guesses sent all at once would otherwise be checked before the first failure is noted.
 */
export function createSignIn(approvals: Approvals, now: () => number = Date.now) {
  const backOff = createBackOff(now);
  const oneByOne = createKeyedMutex();
  const lanes = createKeyedMutex();
  let turn = 0;
  const inLine = new Map<string, number>();
  let decoy: Promise<string> | undefined;

  async function attempt(name: string, passphrase: string, source: string): Promise<SignIn> {
    // A digest, so that what is kept of a long name is short.
    const key = createHash('sha256')
      .update(JSON.stringify([source, name]))
      .digest('base64url');
    const left = backOff.left(key);
    if (left > 0) return { kind: 'wait', seconds: Math.ceil(left / 1000) };
    // Some keyboards type an accent as a character of its own; names are registered composed.
    const composed = name.normalize('NFC');
    const approver = (await approvals.approvers()).find((one) => one.name === name || one.name === composed);
    decoy ??= createVerifier('a passphrase nobody has');
    const unknown = await decoy;
    const verifier = approver?.verifier ?? unknown;
    turn = (turn + 1) % LANES;
    const fits = await lanes(String(turn), () => verifyPassphrase(passphrase, verifier));
    if (approver && fits) {
      backOff.forget(key);
      return { kind: 'ok', approver };
    }
    backOff.fail(key);
    return { kind: 'wrong' };
  }

  /** `source`: where the try comes from, as far as that is known for certain. */
  return async (name: string, passphrase: string, source = ''): Promise<SignIn> => {
    if (name.trim() === '' || passphrase === '') return { kind: 'empty' };
    const before = inLine.get(source) ?? 0;
    if (before >= MAX_IN_LINE || (before === 0 && inLine.size >= MAX_SOURCES)) {
      return { kind: 'wait', seconds: BUSY_SECONDS };
    }
    inLine.set(source, before + 1);
    try {
      return await oneByOne(source, () => attempt(name, passphrase, source));
    } finally {
      const after = (inLine.get(source) ?? 1) - 1;
      if (after > 0) inLine.set(source, after);
      else inLine.delete(source);
    }
  };
}
