import type { Approvals, ApproverRow } from '../store/approvals.ts';
import { fitsVerifier, makeVerifier } from './passphrase.ts';

export type SignIn = { kind: 'ok'; approver: ApproverRow } | { kind: 'wrong' } | { kind: 'locked' };

const MAX_FAILURES = 5;
const LOCK_MS = 15 * 60_000;
const MAX_STRANGERS = 1000;

/**
 * Checks a passphrase; repeated failures lock an approver out, for all processes that share the store. Names nobody has
 * take as long and lock like the others, so that no answer tells who is an approver. One at a time: guesses sent all at
 * once would otherwise be checked before the first failure is noted.
 */
export function createSignIn(approvals: Approvals): (name: string, passphrase: string) => Promise<SignIn> {
  const strangers = new Map<string, { failures: number; lockedUntil: number }>();
  let decoy: Promise<string> | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  async function attempt(name: string, passphrase: string): Promise<SignIn> {
    const approver = (await approvals.approvers()).find((one) => one.name === name);
    const lockedUntil = (approver ?? strangers.get(name))?.lockedUntil ?? 0;
    if (lockedUntil > Date.now()) return { kind: 'locked' };
    decoy ??= makeVerifier('a passphrase nobody has');
    const fits = await fitsVerifier(passphrase, approver?.verifier ?? (await decoy));
    if (approver && fits) {
      await approvals.noteSuccess(name);
      return { kind: 'ok', approver };
    }
    if (approver) await approvals.noteFailure(name, MAX_FAILURES, LOCK_MS);
    else noteStranger(name);
    return { kind: 'wrong' };
  }

  function noteStranger(name: string): void {
    const failures = (strangers.get(name)?.failures ?? 0) + 1;
    strangers.delete(name);
    strangers.set(name, { failures, lockedUntil: failures >= MAX_FAILURES ? Date.now() + LOCK_MS : 0 });
    const [oldest] = strangers.keys();
    if (strangers.size > MAX_STRANGERS && oldest !== undefined) strangers.delete(oldest);
  }

  return (name, passphrase) => {
    const result = turn.then(() => attempt(name, passphrase));
    turn = result.catch(() => {});
    return result;
  };
}
