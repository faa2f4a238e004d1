import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** RFC 7914; a check takes about 60 ms and 32 MiB. */
const COST = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const LENGTH = 32;

/** In characters. */
export const MIN_PASSPHRASE = 12;

/** Stored instead of a passphrase: `scrypt$N$r$p$salt$hash`, the last two in base64url. */
export async function createVerifier(passphrase: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(passphrase, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Takes the same time for every wrong passphrase. */
export async function verifyPassphrase(passphrase: string, verifier: string): Promise<boolean> {
  const [kind, N, r, p, salt = '', hash = ''] = verifier.split('$');
  if (kind !== 'scrypt') return false;
  const expected = Buffer.from(hash, 'base64url');
  const cost = { N: Number(N), r: Number(r), p: Number(p), maxmem: COST.maxmem };
  const given = await derive(passphrase, Buffer.from(salt, 'base64url'), cost);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** Tells passphrases apart without telling what they are: as slow to guess as a verifier. */
export async function fingerprint(passphrase: string, salt: string): Promise<string> {
  return (await derive(passphrase, Buffer.from(salt), COST)).toString('base64url');
}

function derive(passphrase: string, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, LENGTH, cost, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
