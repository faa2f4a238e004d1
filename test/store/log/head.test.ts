import { expect, it } from 'vitest';
import { emptyHead } from '../../../src/store/log/hash-chain.ts';
import { checkHead, createHeadSigner, type SignedHead, signHead } from '../../../src/store/log/head.ts';
import { createMac } from '../../../src/store/mac.ts';

const mac = createMac([new Uint8Array(32).fill(1)]);
const hashOf = (seq: number) => String(seq).padStart(64, '0');
const next = (seq: number) => ({ seq, hash: hashOf(seq) });

it('continues its own head without a break', () => {
  const continueHead = createHeadSigner(mac);
  let head = signHead(emptyHead, mac);
  for (let seq = 1; seq <= 3; seq++) head = continueHead(head, next(seq));
  expect(head).toMatchObject({ seq: 3, breaks: [] });
  expect(checkHead(head, mac)).toBe('holds');
});

it('continues the head that another process with the key signed', () => {
  const [one, other] = [createHeadSigner(mac), createHeadSigner(mac)];
  const theirs = other(one(signHead(emptyHead, mac), next(1)), next(2));
  expect(one(theirs, next(3)).breaks).toEqual([]);
});

it.each<[string, Partial<SignedHead>]>([
  ['sequence number', { seq: 7 }],
  ['hash', { hash: hashOf(9) }],
  ['MAC', { mac: `${'0'.repeat(8)}:${'0'.repeat(64)}` }],
  ['MAC, emptied,', { mac: '' }],
  ['list of breaks', { breaks: [{ seq: 1, migrated: true }] }],
])('keeps a break where the %s of the head it signed last was altered', (_, altered) => {
  const continueHead = createHeadSigner(mac);
  const last = continueHead(signHead(emptyHead, mac), next(1));
  const found = { ...last, ...altered };
  const head = continueHead(found, next(2));
  expect(head.breaks.at(-1)).toEqual({ seq: found.seq, mac: found.mac });
  expect(checkHead(head, mac)).toBe('holds');
});
