import { createHash, hkdfSync } from 'node:crypto';

/** The 32 bytes of a key written as hex, base64 or base64url; undefined if the text is not a key. */
export function decodeKey(text: string): Uint8Array | undefined {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex');
  const bytes = Buffer.from(trimmed, 'base64');
  const bare = trimmed.replace(/=$/, '');
  // Encodes again and compares: Buffer skips invalid base64, and a mistyped key must not be read as another one.
  const isExact = bare === bytes.toString('base64url') || bare === bytes.toString('base64').replace(/=$/, '');
  return bytes.length === 32 && isExact ? bytes : undefined;
}

/** A key of 32 bytes for one purpose, unrelated to those of other purposes. */
export function deriveKey(master: Uint8Array, purpose: string): Buffer {
  if (master.length !== 32) throw new Error(`A key has 32 bytes; this one has ${master.length}.`);
  return Buffer.from(hkdfSync('sha256', master, '', `update-user-mcp/${purpose}`, 32));
}

/** Identifies a key without revealing anything about it: by a derived value, or guesses at the key could be checked. */
export function toKeyId(master: Uint8Array): Buffer {
  return createHash('sha256').update(deriveKey(master, 'key-id')).digest().subarray(0, 4);
}
