import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { type ApprovalProgram, approvalOf, PASSPHRASE, startApprovalProgram } from '../../support/approvals/program.ts';
import type { Agent } from '../../support/program/stdio-server.ts';
import { callPiped, runAtTerminal, runPiped } from '../../support/program/terminal.ts';

/** `approver add`, `approve` and `reject` without a terminal. */

let program: ApprovalProgram;
let agent: Agent;
let env: Record<string, string>;

beforeAll(async () => {
  program = await startApprovalProgram({ policy: { rules: [{ field: '*', decision: 'approve' }] } });
  env = { ...program.server.env, UPDATE_USER_LOG: 'warn' };
  agent = await program.agent();
}, 60_000);
afterAll(() => program.stop());

const request = async (set: Record<string, unknown>) =>
  approvalOf(await agent.call('atlassian_update_user', { user_id: idOf('atlassian', 'jane'), set })).id;
const asAnn = (verb: string, id: string, ...more: string[]) =>
  callPiped(env, [verb, id, '--approver', 'ann', '--passphrase-stdin', ...more], `${PASSPHRASE}\r\nnot read`);
const stateOf = async (id: string) => (await (await program.app.store()).approvals.get(id))?.state;

describe('approve in a script', { timeout: 120_000 }, () => {
  it('agrees only to what an earlier run has shown, with what a person would have typed', async () => {
    const id = await request({ active: false });
    const shown = await asAnn('approve', id);
    expect(shown).toMatchObject({ code: 1, screen: '', errors: expect.stringContaining('active: true → false') });
    const [, digest = ''] = /--digest ([0-9a-f]{16})\n {2}--confirm with "Jane Doe"/.exec(shown.errors) ?? [];
    expect(digest).not.toBe('');
    for (const answers of [
      ['--digest', '0123456789abcdef', '--confirm', 'Jane Doe'],
      ['--digest', digest],
      ['--digest', digest, '--confirm', 'John Doe'],
    ]) {
      expect(await asAnn('approve', id, ...answers)).toMatchObject({ code: 1 });
      expect(await stateOf(id)).toBe('pending');
    }
    expect(await asAnn('approve', id, '--digest', digest, '--confirm', 'jane doe', '--json')).toMatchObject({
      code: 0,
      screen: `${JSON.stringify({ id, state: 'approved' })}\n`,
    });
    expect(await asAnn('approve', id, '--take-back')).toMatchObject({ code: 0 });
    expect(await asAnn('reject', id, '--reason', 'no')).toMatchObject({ code: 0 });
    expect(await stateOf(id)).toBe('declined');
  });

  it.each([
    ['an empty line', ['--approver', 'ann'], '\n', 2, 'is empty'],
    ['nothing', ['--approver', 'ann'], '', 2, 'is empty'],
    ['no name', [], PASSPHRASE, 2, '--approver NAME'],
    ['a wrong passphrase', ['--approver', 'ann'], 'a wrong passphrase', 1, 'not right'],
  ])('refuses %s', async (_, options, input, code, message) => {
    const id = await request({ title: 'Lead' });
    const ended = await callPiped(env, ['approve', id, '--passphrase-stdin', ...options], input);
    expect(ended).toMatchObject({ code, screen: '', errors: expect.stringContaining(message) });
    expect(ended.errors).not.toContain(PASSPHRASE);
    expect(await stateOf(id)).toBe('pending');
  });

  it('is refused at a terminal, where the passphrase would be seen', async () => {
    const ended = await runAtTerminal(env, ['approver', 'add', 'eve', '--passphrase-stdin'], []);
    expect(ended).toMatchObject({ code: 2, screen: expect.stringContaining('leave it out to be asked') });
  });

  it('cannot try passphrases one process after the other', async () => {
    const added = await runPiped(env, ['approver', 'add', 'bob', '--passphrase-stdin'], 'the passphrase of bob');
    expect(added).toMatchObject({ code: 0, screen: 'bob may now approve changes.\n' });
    const id = await request({ title: 'Principal' });
    const attempt = (passphrase: string) =>
      runPiped(env, ['reject', id, '--approver', 'bob', '--passphrase-stdin'], passphrase);
    const guesses = await Promise.all(Array.from({ length: 10 }, (_, at) => attempt(`guess number ${at}`)));
    for (const { code, errors } of guesses) expect([code, errors]).toEqual([1, expect.stringContaining('not right')]);
    const late = await attempt('the passphrase of bob');
    expect(late).toMatchObject({ code: 1, errors: expect.stringContaining('try again in an hour') });
    expect(await asAnn('reject', id)).toMatchObject({ code: 0 });
  });
});
