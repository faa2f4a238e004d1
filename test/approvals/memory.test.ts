import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeVerifier } from '../../src/approvals/passphrase.ts';
import { createSignIn } from '../../src/approvals/sign-in.ts';
import { markDifference } from '../../src/server/approvals/marks.ts';
import { createSessions, type Session } from '../../src/server/approvals/sessions.ts';
import { createStamps } from '../../src/server/approvals/stamps.ts';
import { toDuration, toList } from '../../src/server/approvals/words.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { createOwner } from '../../src/store/owner.ts';

/** What the page signs and counts, with a clock of our own; and its small words. */

const ann = { name: 'ann', verifier: 'scrypt$…' };

describe('sessions', () => {
  const key = randomBytes(32);

  it('end when idle, and in any case after their time', () => {
    let now = 0;
    const sessions = createSessions(key, { idleMs: 10, absoluteMs: 25 }, () => now);
    let cookie = sessions.write(sessions.begin(ann));
    const isOver = () => sessions.isOver(sessions.read(cookie) as Session);
    const look = () => {
      cookie = sessions.write(sessions.read(cookie) as Session);
    };
    for (now of [9, 18, 24]) {
      expect(isOver()).toBe(false);
      look();
    }
    now = 25;
    expect(isOver()).toBe(true);
    cookie = sessions.write(sessions.begin(ann));
    now = 35;
    expect(isOver()).toBe(true);
  });

  it('are those of one approver as registered now', () => {
    const sessions = createSessions(key);
    const session = sessions.begin(ann);
    expect(sessions.isOf(session, ann)).toBe(true);
    expect(sessions.isOf(session, { ...ann, verifier: 'scrypt$another' })).toBe(false);
    expect(sessions.isOf(session, { ...ann, name: 'ben' })).toBe(false);
  });

  it('are read only where they were signed with the key, by any instance that has it', () => {
    const cookie = createSessions(key).write(createSessions(key).begin(ann));
    expect(createSessions(key).read(cookie)).toMatchObject({ approver: 'ann' });
    expect(createSessions(randomBytes(32)).read(cookie)).toBeUndefined();
    const [text = '', signature] = cookie.split('.');
    const forged = { ...JSON.parse(Buffer.from(text, 'base64url').toString()), approver: 'eve' };
    const altered = `${Buffer.from(JSON.stringify(forged)).toString('base64url')}.${signature}`;
    for (const made of [altered, text, `.${signature}`, `${text}.`, 'a.b'])
      expect(createSessions(key).read(made)).toBeUndefined();
    expect(cookie).not.toContain(ann.verifier);
    expect(Buffer.from(text, 'base64url').toString()).not.toContain(ann.verifier);
  });
});

describe('stamps', () => {
  it('count once, in time, for one visitor and one form', async () => {
    let now = 0;
    const key = randomBytes(32);
    const used = new Set<string>();
    const useUp = async (id: string) => !used.has(id) && used.add(id) !== undefined;
    const stamps = createStamps(key, useUp, () => now);
    const stamp = stamps.make('ann', '/x/approve');
    expect(await stamps.use('eve', '/x/approve', stamp)).toBe('forged');
    expect(await stamps.use('ann', '/y/approve', stamp)).toBe('forged');
    const { once } = stamps.make('ann', '/x/approve');
    expect(await stamps.use('ann', '/x/approve', { ...stamp, once })).toBe('forged');
    expect(await stamps.use('ann', '/x/approve', { csrf: '', once: '' })).toBe('forged');
    const other = createStamps(key, useUp, () => now);
    expect(await other.use('ann', '/x/approve', stamp)).toBe('ok');
    expect(await stamps.use('ann', '/x/approve', stamp)).toBe('over');
    const late = stamps.make('ann', '/x/approve');
    now = 60 * 60_000;
    expect(await stamps.use('ann', '/x/approve', late)).toBe('over');
    expect(await stamps.use('ann', '/x/approve', stamp)).toBe('over');
    expect(await createStamps(randomBytes(32), useUp).use('ann', '/x/approve', late)).toBe('forged');
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
