import { expect, it, vi } from 'vitest';
import { createApprovalService } from '../../../src/approvals/service.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { approvalOf, startApprovalProgram } from '../../support/approvals/program.ts';
import { callProgram } from '../../support/program/call-program.ts';
import { runAtTerminal } from '../../support/program/terminal.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // they start programs

const policy = {
  rules: [
    { field: '*.title', decision: 'approve' },
    { field: '*', decision: 'allow' },
  ],
};
const EMAIL = 'jane.doe@acme.example';
const QUESTION = ['changes', 'list', '--user', EMAIL, '--field', '*.title', '--since', '30d'];

it('one command says who changed a title, why, and who agreed, also once the person is deleted', async ({
  onTestFinished,
}) => {
  const program = await startApprovalProgram({ policy });
  onTestFinished(() => program.stop());
  const agent = await program.agent();
  const jane = idOf('atlassian', 'jane');
  const args = { user_id: jane, set: { title: 'Advisor' }, reason: 'promoted in January' };
  const asked = await agent.call('atlassian_update_user', args);
  await (await createApprovalService(program.app)).decide(approvalOf(asked).id, 'ann', { yes: true });
  expect((await agent.call('atlassian_update_user', args)).is.outcome).toBe('updated');
  await agent.call('atlassian_update_user', { user_id: jane, set: { nickName: 'J' } });
  await agent.close();
  const { vendors } = program.server.sandbox;
  const env = { ...program.server.env, UPDATE_USER_LOG: 'silent' };
  for (const [vendor, { users }] of Object.entries(vendors)) users.delete(idOf(vendor as 'awork', 'jane'));

  const { code, stdout } = await callProgram(QUESTION, env);
  expect(code).toBe(0);
  const [, updated = '', requested = '', ...rest] = stdout.trimEnd().split('\n');
  for (const part of [
    'updated',
    'local, approved by ann',
    jane,
    'title: "Product Manager" → "Advisor"',
    '"promoted in January"',
  ])
    expect(updated).toContain(part);
  expect(requested).toContain('needs_approval');
  expect(rest).toEqual([expect.stringMatching(/^Changes from .* \(UTC\)\.$/)]);
  expect(stdout).not.toContain(EMAIL);

  const { screen } = await runAtTerminal(env, QUESTION, []);
  expect(screen.split(/\r?\n/).filter((line) => [...line].length > 80)).toEqual([]);
  for (const part of ['local, approved by ann', '"Advisor"', '"promoted in January"']) expect(screen).toContain(part);

  const ofAnn = ['changes', 'list', '--approver', 'ann', '--user', EMAIL.toUpperCase(), '--format', 'jsonl'];
  const lines = (await callProgram(ofAnn, env)).stdout.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ approved_by: 'ann', outcome: 'updated' }]);

  // The log knows the address: a vendor that does not answer is reported, and nothing else is missing.
  vendors.awork.faults.push({ kind: 'status', status: 500, times: 50 });
  const partly = await callProgram(QUESTION, env);
  expect([partly.code, partly.stdout]).toEqual([0, expect.stringContaining('only in part: awork.')]);
  const exported = await callProgram(['changes', 'export', '--user', EMAIL, '--format', 'csv'], env);
  expect(exported.stdout.split('\r\n')).toHaveLength(5);
});
