import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createBackOff } from '../../../src/approvals/back-off.ts';
import { createVerifier } from '../../../src/approvals/passphrase.ts';
import { createSignIn } from '../../../src/approvals/sign-in.ts';
import { createStamps } from '../../../src/server/approvals/csrf.ts';
import { readFields } from '../../../src/server/approvals/form-fields.ts';
import { markDifference } from '../../../src/server/approvals/pages/diff.ts';
import { toDuration, toList } from '../../../src/server/approvals/pages/format.ts';
import { createSessions, type Session } from '../../../src/server/approvals/session.ts';
import { sourceOf } from '../../../src/server/approvals/source-address.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import { createProcessId } from '../../../src/store/process-id.ts';

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

describe('wrong passphrases', { timeout: 60_000 }, () => {
  const PASSPHRASE = 'the passphrase of ann';
  async function open() {
    let now = 1e9;
    const { approvals } = createMemoryStore(createProcessId());
    await approvals.addApprover('ann', await createVerifier(PASSPHRASE));
    return {
      signIn: createSignIn(approvals, () => now),
      wait: (ms: number) => {
        now += ms;
      },
    };
  }

  it('slow down the source they come from, also when they come all at once, and whether or not the name exists', async () => {
    const { signIn } = await open();
    const guesses = ['a', 'b', 'c', 'd', 'e', 'f', PASSPHRASE];
    const kindsOf = async (name: string) =>
      await Promise.all(guesses.map(async (guess) => (await signIn(name, guess, '192.0.2.1')).kind));
    const kinds = await kindsOf('ann');
    expect(kinds).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'wrong', 'wait', 'wait']);
    expect(await kindsOf('nobody')).toEqual(kinds);
    expect(await signIn('ann', 'x', '192.0.2.1')).toEqual(await signIn('nobody', 'x', '192.0.2.1'));
  });

  it('keep nobody else out, and not the same source under another name', async () => {
    const { signIn } = await open();
    for (let guess = 0; guess < 12; guess++) await signIn('ann', `guess ${guess}`, '192.0.2.1');
    for (let guess = 0; guess < 5; guess++) await signIn('nobody', `guess ${guess}`, '192.0.2.2');
    expect((await signIn('ann', PASSPHRASE, '192.0.2.1')).kind).toBe('wait');
    expect((await signIn('ann', PASSPHRASE, '192.0.2.2')).kind).toBe('ok');
  });

  it('make one wait longer each time, and a try in between costs nothing', async () => {
    const { signIn, wait } = await open();
    for (let guess = 0; guess < 5; guess++) await signIn('ann', 'x', 'here');
    expect(await signIn('ann', 'x', 'here')).toEqual({ kind: 'wait', seconds: 15 });
    wait(14_999);
    expect(await signIn('ann', PASSPHRASE, 'here')).toEqual({ kind: 'wait', seconds: 1 });
    wait(1);
    expect((await signIn('ann', 'x', 'here')).kind).toBe('wrong');
    expect(await signIn('ann', 'x', 'here')).toEqual({ kind: 'wait', seconds: 30 });
    wait(30_000);
    expect((await signIn('ann', PASSPHRASE, 'here')).kind).toBe('ok');
  });

  it('are forgotten after a good one, and after an hour', async () => {
    const { signIn, wait } = await open();
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < 4; index++) expect((await signIn('ann', 'wrong')).kind).toBe('wrong');
      expect((await signIn('ann', PASSPHRASE)).kind).toBe('ok');
    }
    for (let index = 0; index < 4; index++) await signIn('ann', 'wrong');
    wait(3_600_000);
    expect((await signIn('ann', 'wrong')).kind).toBe('wrong');
    expect((await signIn('ann', PASSPHRASE)).kind).toBe('ok');
  });

  it('are not what an empty box holds', async () => {
    const { signIn } = await open();
    for (let index = 0; index < 20; index++) {
      expect((await signIn('ann', '')).kind).toBe('empty');
      expect((await signIn(' ', PASSPHRASE)).kind).toBe('empty');
    }
    expect((await signIn('ann', PASSPHRASE)).kind).toBe('ok');
  });

  it('from one source stand in a short line of their own', async () => {
    const { signIn } = await open();
    const flood = Array.from({ length: 40 }, (_, index) => signIn(`name ${index}`, 'x', 'flood'));
    const [mine, ...answers] = await Promise.all([signIn('ann', PASSPHRASE, 'mine'), ...flood]);
    expect(mine?.kind).toBe('ok');
    expect(answers.filter(({ kind }) => kind === 'wrong')).toHaveLength(8);
    expect(answers.filter(({ kind }) => kind === 'wait')).toHaveLength(32);
  });

  it('of many sources are kept in a bounded space, the oldest forgotten first', () => {
    let now = 0;
    const backOff = createBackOff(() => now);
    for (let index = 0; index < 10_001; index++) {
      now += 1;
      for (let failure = 0; failure < 5; failure++) backOff.fail(`${index}`);
    }
    expect(backOff.left('0')).toBe(0);
    expect(backOff.left('10000')).toBeGreaterThan(0);
  });
});

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:aaaa::1', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:bbbb:cccc:dddd:eeee', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
  [undefined, ''],
])('the source of %s is %s', (address, source) => {
  expect(sourceOf(address)).toBe(source);
});

describe('the fields of a form', () => {
  it.each([
    ['', {}],
    ['a=1&b=two+words&c=%C3%A4%26&d&=', { a: '1', b: 'two words', c: 'ä&', d: '', '': '' }],
    ['a=1&&b=2&', { a: '1', b: '2' }],
    ['a=b=c', { a: 'b=c' }],
  ])('%s', (text, fields) => {
    expect(Object.fromEntries(readFields(text) ?? [])).toEqual(fields);
    expect(Object.fromEntries(readFields(new TextEncoder().encode(text)) ?? [])).toEqual(fields);
  });

  it.each([
    ['a field twice', 'typed=x&typed=y'],
    ['a field twice, spelled otherwise', 'typed=x&%74yped=y'],
    ['a list', 'typed[]=x'],
    ['a nested field', 'new[password]=x'],
    ['a lone percent sign', 'a=100%'],
    ['half an escape', 'a=%4'],
    ['escaped bytes that are no UTF-8', 'a=%ff'],
    ['an escaped surrogate', 'a=%ed%a0%80'],
    ['a name beyond all names', `${'a'.repeat(129)}=1`],
    ['more fields than a form has', Array.from({ length: 65 }, (_, index) => `f${index}=`).join('&')],
  ])('are refused with %s', (_what, text) => {
    expect(readFields(text)).toBeUndefined();
  });

  it('are refused with bytes that are no UTF-8', () => {
    expect(readFields(Uint8Array.of(0x61, 0x3d, 0xe4))).toBeUndefined();
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
