import { createHash } from 'node:crypto';
import { createKeyedMutex } from '../lib/async/keyed-mutex.ts';
import { createSemaphore } from '../lib/async/semaphore.ts';
import type { Approvals, ApproverRow } from '../store/approvals.ts';
import { createBackOff } from './back-off.ts';
import { isOidc } from './oidc/account.ts';
import { createVerifier, verifyPassphrase } from './passphrase.ts';

export type SignInResult =
  | { kind: 'ok'; approver: ApproverRow }
  | { kind: 'wrong' }
  /** Name or passphrase is empty; nothing was checked. */
  | { kind: 'empty' }
  /** Nothing was checked: too many wrong passphrases for this name from this source, or too many attempts at once. */
  | { kind: 'wait'; seconds: number };

/** Attempts of one source that wait for each other, and sources with attempts in progress. */
const MAX_QUEUED = 8;
const MAX_SOURCES = 256;
const BUSY_SECONDS = 5;
/** Hashing takes threads and memory that calls need too. */
const MAX_HASHING = 2;

/**
 * Checks passphrases. Wrong ones slow down that name from that source, and no other source. Unknown names take as long
 * and slow down like known ones, so that responses do not reveal who is an approver. Each source is served one attempt
 * at a time: otherwise guesses sent all at once would be checked before the first failure is counted.
 */
export function createSignIn(approvals: Approvals, now: () => number = Date.now) {
  const backOff = createBackOff(now);
  const oneAtATime = createKeyedMutex();
  const hashing = createSemaphore(MAX_HASHING);
  const queued = new Map<string, number>();
  let decoy: Promise<string> | undefined;

  async function check(name: string, passphrase: string, source: string): Promise<SignInResult> {
    // A digest, so that long names take no more memory than short ones.
    const key = createHash('sha256')
      .update(JSON.stringify([source, name]))
      .digest('base64url');
    const remaining = backOff.remaining(key);
    if (remaining > 0) return { kind: 'wait', seconds: Math.ceil(remaining / 1000) };
    // Some keyboards send an accent as a separate character; names are registered composed.
    const composed = name.normalize('NFC');
    const approver = (await approvals.approvers()).find((one) => one.name === name || one.name === composed);
    const hasPassphrase = approver !== undefined && !isOidc(approver.verifier);
    decoy ??= createVerifier('the passphrase of no approver');
    const unknown = await decoy;
    const isRight = await hashing('', () => verifyPassphrase(passphrase, hasPassphrase ? approver.verifier : unknown));
    if (hasPassphrase && isRight) {
      backOff.reset(key);
      return { kind: 'ok', approver };
    }
    backOff.fail(key);
    return { kind: 'wrong' };
  }

  /** `source`: where the attempt comes from, as far as that can be verified. */
  return async (name: string, passphrase: string, source = ''): Promise<SignInResult> => {
    if (name.trim() === '' || passphrase === '') return { kind: 'empty' };
    const before = queued.get(source) ?? 0;
    if (before >= MAX_QUEUED || (before === 0 && queued.size >= MAX_SOURCES)) {
      return { kind: 'wait', seconds: BUSY_SECONDS };
    }
    queued.set(source, before + 1);
    try {
      return await oneAtATime(source, () => check(name, passphrase, source));
    } finally {
      const after = (queued.get(source) ?? 1) - 1;
      if (after > 0) queued.set(source, after);
      else queued.delete(source);
    }
  };
}
