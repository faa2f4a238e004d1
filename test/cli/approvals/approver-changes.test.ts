import { afterAll, beforeAll, expect, it } from 'vitest';
import { startLoopbackServer } from '../../../src/server/approvals/loopback-server.ts';
import { type ApprovalProgram, PASSPHRASE, startApprovalProgram } from '../../support/approvals/program.ts';
import { signInAt } from '../../support/approvals/signed-in-approver.ts';
import { callPiped, runAtTerminal } from '../../support/program/terminal.ts';

/** Rights, other names and passphrases of approvers on the command line. */

let program: ApprovalProgram;
let env: Record<string, string>;
beforeAll(async () => {
  program = await startApprovalProgram();
  env = { ...program.server.env, UPDATE_USER_LOG: 'warn' };
}, 60_000);
afterAll(() => program.stop());

const run = (...args: string[]) => callPiped(env, ['approver', ...args]);
const listed = async () => JSON.parse((await run('list', '--json')).screen) as unknown;

it('gives rights, changes them and names, and says what is wrong', { timeout: 120_000 }, async () => {
  const rights = ['--may', 'atlassian:ordinary', '--may', '*:access'];
  const add = ['approver', 'add', 'ben', '--passphrase-stdin', '--is', 'nightly-sync'];
  for (const wrong of ['atlassian', 'atlasian:access', 'atlassian:title']) {
    expect(await callPiped(env, [...add, '--may', wrong], PASSPHRASE)).toMatchObject({ code: 2 });
  }
  expect(await callPiped(env, [...add, ...rights], PASSPHRASE)).toMatchObject({
    code: 0,
    screen: expect.stringContaining('*:access, atlassian:ordinary'),
  });
  const ann = { name: 'ann', may: ['*:*'], is: [] };
  expect(await listed()).toMatchObject([
    ann,
    { name: 'ben', may: ['*:access', 'atlassian:ordinary'], is: ['nightly-sync'] },
  ]);
  expect((await run('list')).screen).toMatch(/NAME +MAY +SINCE[^]*ben +\*:access, atlassian:ordinary/);

  expect(await run('change', 'ben')).toMatchObject({ code: 2 });
  expect(await run('change', 'cay', '--may', '*:*')).toMatchObject({ code: 1 });
  expect(await run('change', 'ben', '--is', 'ann')).toMatchObject({
    code: 1,
    errors: expect.stringContaining('"ann" is already registered as that person'),
  });
  expect(await run('change', 'ben', '--may', 'awork:*')).toMatchObject({ code: 0 });
  expect(await listed()).toMatchObject([ann, { name: 'ben', may: ['awork:*'], is: ['nightly-sync'] }]);
  expect(await run('change', 'ben', '--no-is')).toMatchObject({ code: 0 });
  expect(await listed()).toMatchObject([ann, { name: 'ben', may: ['awork:*'], is: [] }]);
});

it('changes a passphrase with the one of before, and ends sessions', { timeout: 120_000 }, async () => {
  const page = await startLoopbackServer(program.app);
  const { origin } = new URL(page.url);
  const before = await signInAt(origin, 'ann');
  await before.list();
  const change = ['approver', 'passphrase', 'ann'];
  const piped = (...lines: string[]) => callPiped(env, [...change, '--passphrase-stdin'], lines.join('\n'));
  const next = 'another passphrase of ann';
  expect(await piped(PASSPHRASE)).toMatchObject({ code: 2, errors: expect.stringContaining('second line') });
  expect(await piped('a wrong passphrase', next)).toMatchObject({ code: 1 });
  expect(await piped(PASSPHRASE, 'short')).toMatchObject({ code: 1 });
  expect(await piped(PASSPHRASE, PASSPHRASE)).toMatchObject({ code: 1 });
  await before.list();
  expect(await piped(PASSPHRASE, next)).toMatchObject({ code: 0, errors: '' });
  await expect(before.list()).rejects.toThrow('303');
  await page.close();
  const typed: [string, string][] = [
    ['Passphrase of ann: ', next],
    ['characters): ', PASSPHRASE],
    ['Once more: ', PASSPHRASE],
  ];
  expect(await runAtTerminal(env, change, typed)).toMatchObject({ code: 0 });
});
