import { describe, expect, it } from 'vitest';
import { createBackOff } from '../../src/approvals/back-off.ts';
import { createSignIn } from '../../src/approvals/sign-in.ts';
import { createMemoryStore } from '../../src/store/memory/store.ts';
import { createProcessId } from '../../src/store/process-id.ts';
import { quickVerifier } from '../support/approvals/verifier.ts';

describe('wrong passphrases', { timeout: 60_000 }, () => {
  const PASSPHRASE = 'the passphrase of ann';
  async function createClockedSignIn() {
    let now = 1e9;
    const { approvals } = createMemoryStore(createProcessId());
    await approvals.addApprover('ann', quickVerifier(PASSPHRASE));
    return {
      signIn: createSignIn(approvals, () => now),
      advance: (ms: number) => {
        now += ms;
      },
    };
  }

  it('slow down their source, also when sent all at once, and whether or not the name exists', async () => {
    const { signIn } = await createClockedSignIn();
    const guesses = ['a', 'b', 'c', 'd', 'e', 'f', PASSPHRASE];
    const kindsOf = async (name: string) =>
      await Promise.all(guesses.map(async (guess) => (await signIn(name, guess, '192.0.2.1')).kind));
    const kinds = await kindsOf('ann');
    expect(kinds).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'wrong', 'wait', 'wait']);
    expect(await kindsOf('nobody')).toEqual(kinds);
    expect(await signIn('ann', 'x', '192.0.2.1')).toEqual(await signIn('nobody', 'x', '192.0.2.1'));
  });

  it('slow down no other source, and no other name from the same source', async () => {
    const { signIn } = await createClockedSignIn();
    for (let guess = 0; guess < 12; guess++) await signIn('ann', `guess ${guess}`, '192.0.2.1');
    for (let guess = 0; guess < 5; guess++) await signIn('nobody', `guess ${guess}`, '192.0.2.2');
    expect((await signIn('ann', PASSPHRASE, '192.0.2.1')).kind).toBe('wait');
    expect((await signIn('ann', PASSPHRASE, '192.0.2.2')).kind).toBe('ok');
  });

  it('double the wait each time, and attempts during the wait do not count', async () => {
    const { signIn, advance } = await createClockedSignIn();
    for (let guess = 0; guess < 5; guess++) await signIn('ann', 'x', 'here');
    expect(await signIn('ann', 'x', 'here')).toEqual({ kind: 'wait', seconds: 15 });
    advance(14_999);
    expect(await signIn('ann', PASSPHRASE, 'here')).toEqual({ kind: 'wait', seconds: 1 });
    advance(1);
    expect((await signIn('ann', 'x', 'here')).kind).toBe('wrong');
    expect(await signIn('ann', 'x', 'here')).toEqual({ kind: 'wait', seconds: 30 });
    advance(30_000);
    expect((await signIn('ann', PASSPHRASE, 'here')).kind).toBe('ok');
  });

  it('are forgotten after a right one, and after an hour', async () => {
    const { signIn, advance } = await createClockedSignIn();
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < 4; index++) expect((await signIn('ann', 'wrong')).kind).toBe('wrong');
      expect((await signIn('ann', PASSPHRASE)).kind).toBe('ok');
    }
    for (let index = 0; index < 4; index++) await signIn('ann', 'wrong');
    advance(3_600_000);
    expect((await signIn('ann', 'wrong')).kind).toBe('wrong');
    expect((await signIn('ann', PASSPHRASE)).kind).toBe('ok');
  });

  it('do not include empty inputs', async () => {
    const { signIn } = await createClockedSignIn();
    for (let index = 0; index < 20; index++) {
      expect((await signIn('ann', '')).kind).toBe('empty');
      expect((await signIn(' ', PASSPHRASE)).kind).toBe('empty');
    }
    expect((await signIn('ann', PASSPHRASE)).kind).toBe('ok');
  });

  it('of one source wait in a short queue of their own', async () => {
    const { signIn } = await createClockedSignIn();
    const flood = Array.from({ length: 40 }, (_, index) => signIn(`name ${index}`, 'x', 'flood'));
    const [mine, ...answers] = await Promise.all([signIn('ann', PASSPHRASE, 'mine'), ...flood]);
    expect(mine?.kind).toBe('ok');
    expect(answers.filter(({ kind }) => kind === 'wrong')).toHaveLength(8);
    expect(answers.filter(({ kind }) => kind === 'wait')).toHaveLength(32);
  });

  it('of many sources take bounded memory, the oldest forgotten first', () => {
    let now = 0;
    const backOff = createBackOff(() => now);
    for (let index = 0; index < 10_001; index++) {
      now += 1;
      for (let failure = 0; failure < 5; failure++) backOff.fail(`${index}`);
    }
    expect(backOff.remaining('0')).toBe(0);
    expect(backOff.remaining('10000')).toBeGreaterThan(0);
  });
});
