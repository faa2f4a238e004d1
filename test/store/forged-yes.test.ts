import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { idOf } from '../../src/sandbox/people.ts';
import { openDatabase } from '../../src/store/sqlite/driver.ts';
import { type ApprovalProgram, approvalOf, startApprovalProgram } from '../support/approvals/program.ts';

/** An attacker who can write the database of a running server, and has no key. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // they start programs

let program: ApprovalProgram;
beforeEach(async () => {
  program = await startApprovalProgram({ policy: { rules: [{ field: '*', decision: 'approve' }] } });
});
afterEach(() => program.stop());

const jane = idOf('awork', 'jane');
const change = { user_id: jane, set: { position: 'Chief' } };
const putsSent = () => program.server.sandbox.vendors.awork.requests.filter(({ method }) => method === 'PUT').length;

async function alter(sql: string): Promise<void> {
  const db = await openDatabase(program.server.storePath);
  db.exec(`PRAGMA busy_timeout = 10000; ${sql}`);
  db.close();
}

it('cannot execute a change by one UPDATE of its approval', async () => {
  const agent = await program.agent();
  const { id } = approvalOf(await agent.call('awork_update_user', change));
  const decisions = JSON.stringify([{ approver: 'ann', yes: true, at: new Date().toISOString() }]);
  await alter(`UPDATE approvals SET decisions = '${decisions}', state = 'approved' WHERE id = '${id}'`);
  const again = await agent.call('awork_update_user', change);
  expect(again.is).toMatchObject({ outcome: 'needs_approval' });
  expect(approvalOf(again).id).not.toBe(id);
  expect(putsSent()).toBe(0);
});

it('cannot use a yes to one change for another', async () => {
  const agent = await program.agent();
  const harmless = approvalOf(await agent.call('awork_update_user', { ...change, set: { position: 'Clerk' } })).id;
  const { id } = approvalOf(await agent.call('awork_update_user', change));
  const { approvals } = await program.app.store();
  await alter(
    `UPDATE approvals SET digest = (SELECT digest FROM approvals WHERE id = '${id}') WHERE id = '${harmless}'`,
  );
  expect(await approvals.decide(harmless, { approver: 'ann', yes: true })).toEqual({ kind: 'gone' });
  expect((await agent.call('awork_update_user', change)).is).toMatchObject({ outcome: 'needs_approval' });
  expect(putsSent()).toBe(0);
});
