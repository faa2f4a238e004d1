import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { type ApprovalProgram, approvalOf, PASSPHRASE, startApprovalProgram } from '../../support/approvals/program.ts';
import { signInAt } from '../../support/approvals/signed-in-approver.ts';
import type { Agent } from '../../support/program/stdio-server.ts';
import { runAtTerminal } from '../../support/program/terminal.ts';
import { wordsOf } from '../../support/text/html.ts';

/** Nothing of a change is hidden from the person who approves it, on the page and at the terminal. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let program: ApprovalProgram;
let agent: Agent;
beforeAll(async () => {
  program = await startApprovalProgram({ policy: { rules: [{ field: '*', decision: 'approve' }] } });
  agent = await program.agent();
});
afterAll(() => program.stop());

const mark = (name: string, length: number) =>
  `${name}-start ${'x '.repeat(length / 2)}${name}-middle ${'y '.repeat(length / 2)}${name}-end`;

it.each<[string, string, Record<string, unknown>, string[]]>([
  [
    'a list of sixty entries',
    'atomicwork',
    { org_roles: Array.from({ length: 60 }, (_, at) => (at === 30 ? 999_666 : 1000 + at)) },
    ['999666', '1000', '1059'],
  ],
  [
    'an object with a key in the middle',
    'dayzero',
    { props: { a: mark('a', 600), prefs: { list: [1, 2, { is_admin: true }] }, z: mark('z', 600) } },
    ['a-start', 'a-middle', 'a-end', 'is_admin', 'z-start', 'z-middle', 'z-end'],
  ],
  ['a long text', 'atlassian', { title: mark('title', 900) }, ['title-start', 'title-middle', 'title-end']],
])('%s is shown in full, and so is the reason', async (_what, vendor, set, parts) => {
  const reason = mark('reason', 220);
  const call = await agent.call(`${vendor}_update_user`, { user_id: idOf(vendor as 'dayzero', 'jane'), set, reason });
  expect(call.is).toMatchObject({ outcome: 'needs_approval' });
  const { id, url } = approvalOf(call);
  const approver = await signInAt(new URL(url).origin);
  const page = wordsOf(await approver.open(url));
  const { screen } = await runAtTerminal(
    { ...program.server.env, UPDATE_USER_LOG: 'warn' },
    ['approve', id],
    [
      ['Approver name: ', 'ann'],
      ['Passphrase: ', PASSPHRASE],
      ['[y/N] ', 'n'],
    ],
  );
  for (const part of [...parts, 'reason-start', 'reason-middle', 'reason-end']) {
    expect(page, 'page').toContain(part);
    // A part may be split between lines.
    expect(screen.replaceAll(/"\s+- [^"]*: "|"\s+Reason, [^"]*: "/g, ''), 'terminal').toContain(part);
  }
  for (const shown of [page, screen]) expect(shown).not.toContain('…');
});
