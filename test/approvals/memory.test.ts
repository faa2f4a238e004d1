import { describe, expect, it } from 'vitest';
import { makeVerifier } from '../../src/approvals/passphrase.ts';
import { createSignIn } from '../../src/approvals/sign-in.ts';
import { markDifference } from '../../src/server/approvals/marks.ts';
import { createSessions } from '../../src/server/approvals/sessions.ts';
import { createStamps } from '../../src/server/approvals/stamps.ts';
import { toDuration, toList } from '../../src/server/approvals/words.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { createOwner } from '../../src/store/owner.ts';

/** What the page keeps in memory, with a clock of our own; and its small words. */

const ann = { name: 'ann', verifier: 'scrypt$…' };

describe('sessions', () => {
  it('end when idle, and in any case after their time', () => {
    let now = 0;
    const sessions = createSessions({ idleMs: 10, absoluteMs: 25 }, () => now);
    sessions.begin('a', ann);
    for (now of [9, 18, 24]) expect(sessions.find('a')).toMatchObject({ approver: 'ann' });
    now = 25;
    expect(sessions.find('a')).toBeUndefined();
    sessions.begin('b', ann);
    now = 35;
    expect(sessions.find('b')).toBeUndefined();
    sessions.begin('c', ann);
    sessions.end('c');
    expect(sessions.find('c')).toBeUndefined();
    expect(sessions.find('d')).toBeUndefined();
  });

  it('are bounded', () => {
    const sessions = createSessions();
    for (let index = 0; index < 1100; index++) sessions.begin(String(index), ann);
    expect(sessions.find('0')).toBeUndefined();
    expect(sessions.find('1099')).toBeDefined();
  });
});

describe('stamps', () => {
  it('count once, in time, for one visitor and one form', () => {
    let now = 0;
    const stamps = createStamps(() => now);
    const stamp = stamps.make('ann', '/x/approve');
    expect(stamps.use('eve', '/x/approve', stamp)).toBe('forged');
    expect(stamps.use('ann', '/y/approve', stamp)).toBe('forged');
    expect(stamps.use('ann', '/x/approve', { ...stamp, once: stamps.make('ann', '/x/approve').once })).toBe('forged');
    expect(stamps.use('ann', '/x/approve', { csrf: '', once: '' })).toBe('forged');
    expect(stamps.use('ann', '/x/approve', stamp)).toBe('ok');
    expect(stamps.use('ann', '/x/approve', stamp)).toBe('over');
    const late = stamps.make('ann', '/x/approve');
    now = 60 * 60_000;
    expect(stamps.use('ann', '/x/approve', late)).toBe('over');
    expect(stamps.use('ann', '/x/approve', stamp)).toBe('over');
    expect(createStamps().use('ann', '/x/approve', late)).toBe('forged');
  });
});

describe('the lock after wrong passphrases', { timeout: 30_000 }, () => {
  it('lets no more guesses through when they come all at once', async () => {
    const { approvals } = createMemoryStore(createOwner());
    await approvals.addApprover('ann', await makeVerifier('the passphrase of ann'));
    const signIn = createSignIn(approvals);
    const guesses = ['a', 'b', 'c', 'd', 'e', 'f', 'the passphrase of ann'];
    const kinds = await Promise.all(guesses.map(async (guess) => (await signIn('ann', guess)).kind));
    expect(kinds).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'wrong', 'locked', 'locked']);
    const strangers = await Promise.all(guesses.map(async (guess) => (await signIn('nobody', guess)).kind));
    expect(strangers).toEqual(kinds);
  });

  it('is forgotten after a good one', async () => {
    const { approvals } = createMemoryStore(createOwner());
    await approvals.addApprover('ann', await makeVerifier('the passphrase of ann'));
    const signIn = createSignIn(approvals);
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < 4; index++) expect((await signIn('ann', 'wrong')).kind).toBe('wrong');
      expect((await signIn('ann', 'the passphrase of ann')).kind).toBe('ok');
    }
  });
});

describe('words', () => {
  it.each([
    [
      '"jane.doe@acme.example"',
      '"jane.d0e@acme.example"',
      '"jane.d<mark>o</mark>e@acme.example"',
      '"jane.d<mark>0</mark>e@acme.example"',
    ],
    ['"acme"', '"\u0430cme"', '"<mark>a</mark>cme"', '"<mark>\u0430</mark>cme"'],
    ['"Boss"', '"Bosses"', '"Boss"', '"Boss<mark>es</mark>"'],
    ['"Engineer"', '"Advisor"', '"Engineer"', '"Advisor"'],
    ['"<b>x"', '"<b>y"', '"&lt;b&gt;<mark>x</mark>"', '"&lt;b&gt;<mark>y</mark>"'],
    ['(empty)', '"x"', '(empty)', '"x"'],
  ])('mark where %s and %s differ', (before, after, ...marked) => {
    const plain = markDifference(before, after).map((one) => String(one).replaceAll('&quot;', '"'));
    expect(plain).toEqual(marked);
  });

  it('say how long', () => {
    expect([0, 1500, 90_000, 3_599_000, 3_600_000, 86_400_000].map(toDuration)).toEqual([
      '1 second',
      '2 seconds',
      '2 minutes',
      '60 minutes',
      '1 hour',
      '1 day',
    ]);
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(toList)).toEqual(['', 'a', 'a and b', 'a, b and c']);
  });
});
