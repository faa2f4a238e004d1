import { createHash, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/** A key of 32 bytes for one purpose, unrelated to those of other purposes. */
export function deriveKey(master: Uint8Array, purpose: string): Buffer {
  if (master.length !== 32) throw new Error(`A key has 32 bytes; this one has ${master.length}.`);
  return Buffer.from(hkdfSync('sha256', master, '', `update-user-mcp/${purpose}`, 32));
}

/** The same as an object of the crypto module. Raw bytes would be imported anew with each use, which costs more than the use. */
export function deriveKeyObject(master: Uint8Array, purpose: string): KeyObject {
  return createSecretKey(deriveKey(master, purpose));
}

/** Identifies a key without revealing anything about it: by a derived value, or guesses at the key could be checked. */
export function toKeyId(master: Uint8Array): Buffer {
  return createHash('sha256').update(deriveKey(master, 'key-id')).digest().subarray(0, 4);
}
