import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { type ApprovalProgram, approvalOf, startApprovalProgram } from '../../support/approvals/program.ts';
import { type SignedInApprover, signInAt } from '../../support/approvals/signed-in-approver.ts';
import type { Agent } from '../../support/program/stdio-server.ts';
import { runPiped } from '../../support/program/terminal.ts';

/** One caller with as many pending requests as it may have. */

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

let program: ApprovalProgram;
let agent: Agent;
let approver: SignedInApprover;
const asked: string[] = [];

beforeAll(async () => {
  program = await startApprovalProgram({ policy: { rules: [{ field: '*', decision: 'approve' }] } });
  agent = await program.agent();
  for (let count = 0; count < 100; count++) {
    const { id, url } = approvalOf(await ask(count));
    asked.push(id);
    approver ??= await signInAt(new URL(url).origin);
  }
});
afterAll(() => program.stop());

const ask = (count: number) =>
  agent.call('atlassian_update_user', { user_id: idOf('atlassian', 'jane'), set: { title: `Boss ${count}` } });

it('is refused the hundred and first request, and may ask again once one was decided', async () => {
  const { is, isError } = await ask(100);
  expect(isError).toBe(true);
  expect(is).toMatchObject({ outcome: 'failed', code: 'confirmation_unavailable' });
  expect(is.message).toMatch(/100 requests of this caller already wait[^]*Nothing was changed/);
  expect((await ask(7)).is).toMatchObject({ outcome: 'needs_approval', approval: { id: asked[7] } });
  await approver.press(`/approvals/${asked[0]}`, 'decline');
  expect((await ask(100)).is.outcome).toBe('needs_approval');
});

it('has all its requests listed, soonest to expire first, on the page and at the terminal', async () => {
  const rows = JSON.parse(
    (await runPiped({ ...program.server.env, UPDATE_USER_LOG: 'warn' }, ['approvals', 'list', '--json'])).screen,
  ) as {
    id: string;
    expires_at: string;
  }[];
  expect(rows).toHaveLength(100);
  expect(rows.slice(0, 99).map(({ id }) => id)).toEqual(asked.slice(1));
  const times = rows.map(({ expires_at }) => expires_at);
  expect(times).toEqual([...times].sort());
  const page = await approver.list();
  const links = [...page.matchAll(/href="\/approvals\/([0-9a-f-]{36})"/g)].map(([, id]) => id);
  expect(links.slice(0, 99)).toEqual(asked.slice(1));
});
