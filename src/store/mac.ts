import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { deriveKeyObject, toKeyId } from './derived-key.ts';

/** The kinds of data that are signed. Each has its own key, so that a MAC for one is not valid for another. */
export type MacPurpose = 'head' | 'approval' | 'approver' | 'value';

export type MacVerdict = 'holds' | 'broken' | 'unknown_key';

/**
 * Proves that this server wrote a row: write access to the database does not include the key. Does not prove that a row
 * is the newest of its kind: the MAC of a restored earlier row is still valid.
 */
export interface Mac {
  /** `KEYID:HEX`, HMAC-SHA-256. */
  sign(purpose: MacPurpose, text: string): string;
  /** `unknown_key`: signed with a key that is neither the current one nor an old one. */
  check(purpose: MacPurpose, text: string, mac: string): MacVerdict;
}

/** Signs with the first key, and accepts MACs of all of them. */
export function createMac(masters: readonly [Uint8Array, ...Uint8Array[]]): Mac {
  const keys = masters.map((master) => ({ id: toKeyId(master).toString('hex'), digest: createDigest(master) }));
  return {
    sign(purpose, text) {
      // oxlint-disable-next-line typescript/no-non-null-assertion -- there is at least one
      const { id, digest } = keys[0]!;
      return `${id}:${digest(purpose, text).toString('hex')}`;
    },
    check(purpose, text, mac) {
      const [id] = mac.split(':');
      const key = keys.find((one) => one.id === id);
      if (!key) return /^[0-9a-f]{8}:[0-9a-f]{64}$/.test(mac) ? 'unknown_key' : 'broken';
      const expected = Buffer.from(`${key.id}:${key.digest(purpose, text).toString('hex')}`);
      const found = Buffer.from(mac);
      return found.length === expected.length && timingSafeEqual(found, expected) ? 'holds' : 'broken';
    },
  };
}

/** For a store that is opened without a key. Servers with a key do not accept what it writes. */
export const unkeyedMac: Mac = createMac([new Uint8Array(32)]);

/** Deriving a key costs more than using it, so each is derived once. */
function createDigest(master: Uint8Array): (purpose: MacPurpose, text: string) => Buffer {
  const derived = new Map<MacPurpose, KeyObject>();
  return (purpose, text) => {
    const key = derived.get(purpose) ?? deriveKeyObject(master, `mac/${purpose}`);
    derived.set(purpose, key);
    return createHmac('sha256', key).update(text).digest();
  };
}
