import { randomBytes, scryptSync } from 'node:crypto';

/** A verifier that is checked in no time, since it carries its cost: for tests of anything but that cost. */
export function quickVerifier(passphrase: string): string {
  const cost = { N: 2, r: 8, p: 1 };
  const salt = randomBytes(16);
  const hash = scryptSync(passphrase, salt, 32, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}
