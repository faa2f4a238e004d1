import { createHash, hkdfSync } from 'node:crypto';

/** A key of 32 bytes for one purpose, unrelated to those of other purposes. */
export function deriveKey(master: Uint8Array, purpose: string): Buffer {
  if (master.length !== 32) throw new Error(`A key has 32 bytes; this one has ${master.length}.`);
  return Buffer.from(hkdfSync('sha256', master, '', `update-user-mcp/${purpose}`, 32));
}

/** Identifies a key without revealing anything about it: by a derived value, or guesses at the key could be checked. */
export function toKeyId(master: Uint8Array): Buffer {
  return createHash('sha256').update(deriveKey(master, 'key-id')).digest().subarray(0, 4);
}
