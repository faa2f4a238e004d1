import { describe, expect, it } from 'vitest';
import { createSeal } from '../../src/store/seal.ts';

const key = new Uint8Array(32).fill(1);
const otherKey = new Uint8Array(32).fill(2);
const value = { before: { id: 12345678901234567890n, name: 'Jané', list: [null, 1.5, true] }, after: {} };

describe('sealing', () => {
  it('unseals what was sealed, integers exact', () => {
    const seal = createSeal(key);
    expect(seal.unseal('c1', seal.seal('c1', value))).toEqual(value);
    expect(seal.unseal('c1', seal.seal('c1', null))).toBeNull();
    expect(() => seal.seal('c1', undefined)).toThrow('undefined');
  });

  it('never gives the same bytes twice, nor the value in clear', () => {
    const seal = createSeal(key);
    const sealed = Buffer.from(seal.seal('c1', value));
    expect(sealed.equals(seal.seal('c1', value))).toBe(false);
    expect(sealed.includes('name')).toBe(false);
  });

  it('unseals for its change only', () => {
    const seal = createSeal(key);
    expect(() => seal.unseal('c2', seal.seal('c1', value))).toThrow('of another change');
  });

  it('names the key that is missing', () => {
    const sealed = createSeal(key).seal('c1', value);
    const other = createSeal(otherKey);
    const message = `need the key ${createSeal(key).keyId}, which is not configured (configured: ${other.keyId})`;
    expect(() => other.unseal('c1', sealed)).toThrow(message);
  });

  it('still reads what an old key sealed', () => {
    const rotated = createSeal(otherKey, [key]);
    expect(rotated.unseal('c1', createSeal(key).seal('c1', value))).toEqual(value);
    expect(() => createSeal(key).unseal('c1', rotated.seal('c1', value))).toThrow(rotated.keyId);
  });

  it('knows by the header whether the key is known', () => {
    const sealed = createSeal(key).seal('c1', value);
    expect(createSeal(key).knows(sealed)).toBe(true);
    expect(createSeal(otherKey, [key]).knows(sealed)).toBe(true);
    expect(createSeal(otherKey).knows(sealed)).toBe(false);
    for (const cut of [new Uint8Array(), sealed.subarray(0, 4)]) expect(createSeal(key).knows(cut)).toBe(false);
  });

  it('notices every altered byte, and a cut', () => {
    const seal = createSeal(key);
    const sealed = seal.seal('c1', 'x');
    for (const index of sealed.keys()) {
      const altered = Uint8Array.from(sealed);
      altered[index] = (sealed[index] ?? 0) ^ 1;
      expect(() => seal.unseal('c1', altered)).toThrow(/altered|not configured|another version/);
    }
    for (const length of sealed.keys()) {
      expect(() => seal.unseal('c1', sealed.subarray(0, length))).toThrow(/altered|cut off/);
    }
  });
});

describe('derived keys', () => {
  it('differ by purpose, by use and by master key, and stay the same over restarts', () => {
    const [a, b] = [createSeal(key), createSeal(otherKey)];
    expect(a.keyId).toMatch(/^[0-9a-f]{8}$/);
    expect(a.subkey('state')).toHaveLength(32);
    expect(a.subkey('state')).toEqual(createSeal(key).subkey('state'));
    expect(a.hmac('digest', 'text')).toBe(createSeal(key, [otherKey]).hmac('digest', 'text'));
    const texts = [
      a.hmac('digest', 'text'),
      a.hmac('digest', 'text2'),
      a.hmac('state', 'text'),
      b.hmac('digest', 'text'),
    ];
    const keys = [a.subkey('state'), a.subkey('seal'), a.subkey('key-id'), b.subkey('state')];
    const all = [...texts, ...keys.map((bytes) => Buffer.from(bytes).toString('hex'))];
    expect(new Set(all).size).toBe(all.length);
  });

  it('need a master key of 32 bytes', () => {
    expect(() => createSeal(new Uint8Array(16))).toThrow('32 bytes');
    expect(() => createSeal(key, [new Uint8Array(31)])).toThrow('32 bytes');
  });
});
