import { createCipheriv, createDecipheriv, createHmac, type KeyObject, randomBytes } from 'node:crypto';
import { parseJson, stringifyJson } from '../lib/json/json.ts';
import { deriveKey, deriveKeyObject, toKeyId } from './derived-key.ts';
import { createMac, type Mac } from './mac.ts';

/** All uses of the master key. The key itself is never exposed: each use has a key derived for it alone. */
export interface Seal {
  /** Identifies the key without revealing anything about it: 8 hex digits. */
  keyId: string;
  /** Encrypts a JSON value (bigints included) so that it opens for this change only. Throws when it is not JSON. */
  seal(changeId: string, value: unknown): Uint8Array;
  /** Does all the work that does not depend on the value. Call the returned function at most once. */
  prepare(changeId: string): (value: unknown) => Uint8Array;
  /** Throws if it was sealed with an unknown key, was altered, or belongs to another change. */
  unseal(changeId: string, sealed: Uint8Array): unknown;
  /** Whether it was sealed with a known key. Cheap: the header names the key, and nothing is decrypted. */
  knows(sealed: Uint8Array): boolean;
  /** HMAC-SHA-256 in hex, with a key of this purpose. */
  hmac(purpose: string, text: string): string;
  /** The same with each known key, the current one first: what an entry may hold that was written with an old key. */
  hmacs(purpose: string, text: string): string[];
  /** A key of 32 bytes for this purpose, unrelated to those of `hmac` and of sealing. */
  subkey(purpose: string): Uint8Array;
  /** Signs the rows of a store. */
  mac: Mac;
}

/**
 * A seal from a master key of 32 bytes. `oldKeys` only open: values sealed before a key rotation stay readable. Sealed
 * bytes: version (1), key id (4), nonce (12), ciphertext, tag (16); AES-256-GCM with everything before the nonce and
 * the change id as associated data.
 */
export function createSeal(key: Uint8Array, oldKeys: readonly Uint8Array[] = []): Seal {
  const current = toSealingKey(key);
  const keys = [current, ...oldKeys.map(toSealingKey)];
  const header = Buffer.concat([Buffer.of(version), current.id]);
  const nextNonce = createNonces();
  const [hmac, ...oldHmacs] = [createHmacs(key), ...oldKeys.map(createHmacs)] as const;

  function prepare(changeId: string): (value: unknown) => Uint8Array {
    const nonce = nextNonce();
    const cipher = createCipheriv('aes-256-gcm', current.key, nonce).setAAD(associatedData(header, changeId));
    return (value) => {
      if (value === undefined) throw new Error('Nothing to seal: the value is undefined.');
      return Buffer.concat([header, nonce, cipher.update(stringifyJson(value)), cipher.final(), cipher.getAuthTag()]);
    };
  }

  return {
    keyId: current.id.toString('hex'),
    seal: (changeId, value) => prepare(changeId)(value),
    prepare,
    unseal(changeId, sealed) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      return parseJson(decrypt(keys, changeId, bytes));
    },
    knows: (sealed) => keys.some(({ id }) => id.equals(sealed.subarray(1, headerLength))),
    hmac,
    hmacs: (purpose, text) => [hmac, ...oldHmacs].map((one) => one(purpose, text)),
    subkey: (purpose) => deriveKey(key, `subkey/${purpose}`),
    mac: createMac([key, ...oldKeys]),
  };
}

/** The key of each purpose is derived once: that costs more than an HMAC. */
function createHmacs(master: Uint8Array): Seal['hmac'] {
  const derived = new Map<string, KeyObject>();
  return (purpose, text) => {
    const key = derived.get(purpose) ?? deriveKeyObject(master, `hmac/${purpose}`);
    derived.set(purpose, key);
    return createHmac('sha256', key).update(text).digest('hex');
  };
}

/** Each is used once. They are drawn many at a time, because a system call costs far more than the bytes. */
function createNonces(): () => Buffer {
  let drawn = Buffer.alloc(0);
  return () => {
    if (drawn.length === 0) drawn = randomBytes(256 * nonceLength);
    const nonce = drawn.subarray(0, nonceLength);
    drawn = drawn.subarray(nonceLength);
    return nonce;
  };
}

interface SealingKey {
  id: Buffer;
  key: KeyObject;
}

const version = 1;
const headerLength = 5;
const nonceLength = 12;
const tagLength = 16;

function decrypt(keys: readonly SealingKey[], changeId: string, bytes: Buffer): string {
  if (bytes.length < headerLength + nonceLength + tagLength || bytes[0] !== version) {
    throw new Error('The sealed values cannot be opened: they are cut off, or of another version of this program.');
  }
  const header = bytes.subarray(0, headerLength);
  const name = header.subarray(1).toString('hex');
  const key = keys.find(({ id }) => id.equals(header.subarray(1)));
  if (!key) {
    const known = keys.map(({ id }) => id.toString('hex')).join(', ');
    throw new Error(`The sealed values need the key ${name}, which is not configured (configured: ${known}).`);
  }
  const body = headerLength + nonceLength;
  const decipher = createDecipheriv('aes-256-gcm', key.key, bytes.subarray(headerLength, body), { authTagLength: 16 })
    .setAAD(associatedData(header, changeId))
    .setAuthTag(bytes.subarray(-tagLength));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(body, -tagLength)), decipher.final()]).toString();
  } catch {
    throw new Error(`The sealed values do not open with the key ${name}: altered, or those of another change.`);
  }
}

function associatedData(header: Buffer, changeId: string): Buffer {
  return Buffer.concat([header, Buffer.from(changeId)]);
}

function toSealingKey(master: Uint8Array): SealingKey {
  return { id: toKeyId(master), key: deriveKeyObject(master, 'seal') };
}
