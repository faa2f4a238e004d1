import { createHash } from 'node:crypto';
import type { Store } from '../store/store.ts';
import { fingerprint } from './passphrase.ts';
import type { SignInResult } from './sign-in.ts';

/** Different passphrases that may be tried for one name within an hour. */
export const maxPassphrases = 10;

type SignInCheck = (name: string, passphrase: string) => Promise<SignInResult>;

/**
 * Limits guesses of passphrases at the command line. Each attempt there is a process of its own, so a wait in memory would
 * be forgotten: the store counts the different passphrases of a name, for all processes, before one is checked. The right
 * one counts once however often a script signs in. The approval page has its own limits and is not affected.
 */
export function createCommandSignIn(
  { noteGuesses }: Pick<Store, 'noteGuesses'>,
  keyId: string,
  check: SignInCheck,
): SignInCheck {
  return async (name, passphrase) => {
    if (name.trim() === '' || passphrase === '') return { kind: 'empty' };
    const place = JSON.stringify(['sign-in', keyId, name.normalize('NFC')]);
    const value = await fingerprint(passphrase, place);
    const [count = 0] = await noteGuesses([{ key: createHash('sha256').update(place).digest('base64url'), value }]);
    return count > maxPassphrases ? { kind: 'wait', seconds: 3600 } : await check(name, passphrase);
  };
}
