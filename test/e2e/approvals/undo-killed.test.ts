import type { ChildProcess } from 'node:child_process';
import { expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { requestUndo } from '../../../src/approvals/undo/request.ts';
import { loadSettings } from '../../../src/config/load.ts';
import { CALLERS_MAY, JANE, sayYes, TITLE } from '../../support/approvals/undo.ts';
import { startHttpProgram } from '../../support/http/program.ts';
import { startStdioServer } from '../../support/program/stdio-server.ts';

it('an undo that was approved while no server ran is carried out once, though the first server is killed during its write', async () => {
  const server = await startStdioServer({ config: { policy: CALLERS_MAY } });
  onTestFinished(() => server.stop());
  const { atlassian } = server.sandbox.vendors;
  const agent = await server.connect('v2-modern-mute');
  const { is } = await agent.call('atlassian_update_user', { user_id: JANE, set: { title: 'Advisor' } });
  await agent.close();
  const changeId = String(is['change_id']);

  const app = createApp(loadSettings(server.env, server.env['UPDATE_USER_CONFIG']));
  onTestFinished(() => app.shutdown());
  const store = await app.store();
  for (const name of ['ann', 'bob']) await store.approvals.addApprover(name, `scrypt$1$1$1$${name}$hash`);
  const asked = await requestUndo({ approver: 'ann', changeId }, app.settings.connections, await app.ports());
  expect(await sayYes(app, asked.approval?.id)).toMatchObject({ row: { state: 'approved' } });
  const puts = () => atlassian.requests.filter(({ method }) => method === 'PUT').length;
  expect(puts()).toBe(1);

  let child: ChildProcess | undefined;
  // The write that is on its way arrives all the same.
  const run = () =>
    new Promise<void>((resolve) => {
      child?.once('close', () => resolve());
      child?.kill('SIGKILL');
    });
  atlassian.faults.push({ kind: 'run', method: 'PUT', run });
  const first = await startHttpProgram(server.env, [], (_, started) => {
    child = started;
  });
  onTestFinished(() => void first.process.kill('SIGKILL'));
  await first.exit;
  const second = await startHttpProgram(server.env);
  onTestFinished(() => void second.process.kill('SIGKILL'));
  const newest = async () => (await store.list({ userId: JANE, limit: 1 }))[0];
  await expect.poll(newest, { timeout: 30_000 }).toMatchObject({
    open: false,
    outcome: 'updated',
    body: { caller: 'approver:ann', approvedBy: 'bob', undoes: changeId, approvalId: asked.approval?.id },
  });
  expect(puts()).toBe(2);
  expect(atlassian.users.get(JANE)).toMatchObject({ title: TITLE });
  expect((await store.approvals.get(asked.approval?.id ?? ''))?.state).toBe('used');
});
