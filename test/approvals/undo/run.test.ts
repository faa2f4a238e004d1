import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { type App, createApp } from '../../../src/app.ts';
import { countOthers } from '../../../src/approvals/undo/others.ts';
import { requestUndo, runUndoCall } from '../../../src/approvals/undo/request.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Ports } from '../../../src/update/ports.ts';
import { askForUndo, CALLERS_MAY, JANE, sayYes, startChanged, TITLE, titleOf } from '../../support/approvals/undo.ts';
import { putsAt, settingsFrom } from '../../support/pipeline/pipeline.ts';
import { createDatabase, findServer } from '../../support/store/postgres.ts';

/** What an approver asks for is carried out by a server, once a different approver agreed. */

afterEach(() => void vi.useRealTimers());

const MINUTE = 60_000;

const listed = async (app: App | undefined) => (await app?.store())?.list({ userId: JANE, limit: 9 }) ?? [];

it.each([
  ['allows it to everybody', [{ field: '*', decision: 'allow' }]],
  ['has it confirmed', CALLERS_MAY.rules],
])('a different approver is asked, although policy %s and callers may approve', async (_, rules) => {
  const changed = await startChanged({ config: { policy: { rules }, confirmation: { callerMayApprove: true } } });
  const { pipeline, changeId } = changed;
  const { app, sandbox } = pipeline;
  const asked = await askForUndo(changed);
  expect(asked).toMatchObject({ outcome: 'needs_approval', approval: { id: expect.any(String) } });
  const id = asked.approval?.id;
  expect(await sayYes(app, id, 'ann')).toEqual({ kind: 'own' });
  await app.maintain();
  expect(putsAt(sandbox, 'atlassian')).toHaveLength(1);
  expect(await sayYes(app, id)).toMatchObject({ kind: 'decided', row: { state: 'approved' } });
  await app.maintain();
  expect(titleOf(pipeline)).toBe(TITLE);
  const [undone] = await (await app.store()).list({ userId: JANE, limit: 1 });
  const body = { caller: 'approver:ann', approvedBy: 'bob', reason: 'a mistake', undoes: changeId, approvalId: id };
  expect(undone).toMatchObject({ outcome: 'updated', body });
});

it('what policy forbids stays forbidden, and is recorded', async () => {
  const rules = [...CALLERS_MAY.rules, { caller: 'approver:*', field: '*.title', decision: 'deny', name: 'no undo' }];
  const changed = await startChanged({ config: { policy: { rules } } });
  const denied = await askForUndo(changed);
  expect(denied).toMatchObject({ outcome: 'denied', code: 'denied_by_policy', change_id: expect.any(String) });
  expect(denied.message).toContain('no undo');
});

const isBob = ({ name }: { name: string }) => name === 'bob';

it.each<[string, (approvals: Store['approvals'], id: string) => Promise<unknown>]>([
  ['is removed', (approvals) => approvals.removeApprover('bob')],
  [
    'loses the right to it',
    (approvals) => approvals.replaceApprover(isBob, (found) => found && { ...found, may: ['dayzero:*'] }),
  ],
  ['takes the yes back', (approvals, id) => approvals.takeBack(id, 'bob')],
])('is not carried out where the approver %s meanwhile, until another one agrees', async (_, meanwhile) => {
  const changed = await startChanged();
  const { app } = changed.pipeline;
  const id = (await askForUndo(changed)).approval?.id ?? '';
  await sayYes(app, id);
  const { approvals } = await app.store();
  await meanwhile(approvals, id);
  await app.maintain();
  expect((await approvals.get(id))?.state).toBe('pending');
  expect(titleOf(changed.pipeline)).toBe('Advisor');
  await approvals.addApprover('carol', 'scrypt$1$1$1$carol$hash');
  await sayYes(app, id, 'carol');
  await app.maintain();
  expect(titleOf(changed.pipeline)).toBe(TITLE);
});

it('another process carries it out, exactly once, if the one that took the yes ended before', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'update-user-undo-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const env = { UPDATE_USER_STORE: join(folder, 'changes.db') };
  const changed = await startChanged({ env });
  const { app, sandbox } = changed.pipeline;
  await sayYes(app, (await askForUndo(changed)).approval?.id);
  await app.shutdown();
  expect(titleOf(changed.pipeline)).toBe('Advisor');
  const others = [1, 2].map(() => createApp(settingsFrom({ policy: CALLERS_MAY }, { ...sandbox.env, ...env })));
  onTestFinished(async () => void (await Promise.all(others.map((other) => other.shutdown()))));
  await Promise.all(others.map((other) => other.maintain()));
  for (const other of others) await other.maintain();
  expect(titleOf(changed.pipeline)).toBe(TITLE);
  expect(putsAt(sandbox, 'atlassian')).toHaveLength(2);

  // One of them at a time: of two that fail together there would be two entries.
  const again = await requestUndo(
    { approver: 'ann', changeId: (await listed(others[0]))[0]?.changeId ?? '' },
    others[0]?.settings.connections ?? [],
    (await others[0]?.ports()) as Ports,
  );
  await sayYes(others[0] as App, again.approval?.id);
  sandbox.vendors.atlassian.faults.push({ kind: 'status', status: 401, times: 99 });
  await Promise.all(others.map((other) => other.maintain()));
  const failed = (await listed(others[1])).filter(({ outcome }) => outcome === 'failed');
  expect(failed).toHaveLength(1);
});

it('only a server with the credentials of the connection carries it out', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'update-user-undo-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const env = { UPDATE_USER_STORE: join(folder, 'changes.db') };
  const changed = await startChanged({ env });
  const { app } = changed.pipeline;
  const id = (await askForUndo(changed)).approval?.id ?? '';
  await sayYes(app, id);
  const page = createApp(settingsFrom({}, env));
  onTestFinished(() => page.shutdown());
  await page.maintain();
  expect((await (await app.store()).approvals.get(id))?.state).toBe('approved');
  await app.maintain();
  expect(titleOf(changed.pipeline)).toBe(TITLE);
});

it('a user record that moved has the question asked again', async () => {
  const changed = await startChanged();
  const { app, sandbox } = changed.pipeline;
  const id = (await askForUndo(changed)).approval?.id ?? '';
  await sayYes(app, id);
  sandbox.vendors.atlassian.users.set(JANE, { ...sandbox.vendors.atlassian.users.get(JANE), title: 'Director' });
  await app.maintain();
  await app.maintain();
  expect(titleOf(changed.pipeline)).toBe('Director');
  const { approvals } = await app.store();
  expect((await approvals.get(id))?.state).toBe('withdrawn');
  const [again] = await approvals.listUnexpired({ state: 'pending', limit: 10 });
  expect(again).toMatchObject({ caller: 'approver:ann', state: 'pending' });
  await sayYes(app, again?.id);
  await app.maintain();
  expect(titleOf(changed.pipeline)).toBe(TITLE);
});

it('a vendor that refuses the credentials is tried again, ever more rarely, and each attempt is an entry', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const changed = await startChanged();
  const { app, sandbox } = changed.pipeline;
  const id = (await askForUndo(changed)).approval?.id ?? '';
  await sayYes(app, id);
  sandbox.vendors.atlassian.faults.push({ kind: 'status', status: 401, times: 1000 });
  const attempts = async () =>
    (await (await app.store()).list({ outcome: 'failed', limit: 99 })).filter(({ body }) => body.approvalId === id);
  for (let minute = 0; minute < 20; minute++) {
    await app.maintain();
    vi.setSystemTime(Date.now() + MINUTE);
  }
  expect((await attempts()).length).toBeGreaterThanOrEqual(4);
  expect((await attempts()).length).toBeLessThanOrEqual(6);
  sandbox.vendors.atlassian.faults.length = 0;
  vi.setSystemTime(Date.now() + 60 * MINUTE);
  await app.maintain();
  expect(titleOf(changed.pipeline)).toBe(TITLE);
});

it('what is already back is not asked for again: the request is withdrawn', async () => {
  const changed = await startChanged();
  const { app, sandbox } = changed.pipeline;
  const asked = [(await askForUndo(changed)).approval?.id ?? '', (await askForUndo(changed, 'bob')).approval?.id ?? ''];
  expect(await askForUndo(changed)).toMatchObject({ approval: { id: asked[0] } });
  await sayYes(app, asked[0], 'bob');
  await sayYes(app, asked[1], 'ann');
  await app.maintain();
  const { approvals } = await app.store();
  const states = await Promise.all(asked.map(async (id) => (await approvals.get(id))?.state));
  expect(states.sort()).toEqual(['used', 'withdrawn']);
  expect(putsAt(sandbox, 'atlassian')).toHaveLength(2);
});

it('is told apart from what agents ask for: their approvals wait for them', async () => {
  const { pipeline } = await startChanged({
    config: { policy: { rules: [{ field: '*.nickName', decision: 'approve' }, ...CALLERS_MAY.rules] } },
  });
  const { app, sandbox } = pipeline;
  const { approval } = await pipeline.call('atlassian', { user_id: JANE, set: { nickName: 'Jay' } });
  await sayYes(app, approval?.id);
  await app.maintain();
  expect(putsAt(sandbox, 'atlassian')).toHaveLength(1);
});

it('counts the people who could agree and have the rights to it, look-alikes and further names once', () => {
  const row = (name: string, principals: string[] = [], may = ['*:*']) => ({
    name,
    principals,
    may,
    verifier: '',
    createdAt: '',
  });
  const count = (...approvers: ReturnType<typeof row>[]) =>
    countOthers([row('ann', ['ann@acme.com']), ...approvers], 'ann', { provider: 'awork', effects: ['access'] });
  expect(count()).toBe(0);
  expect(count(row('bob'))).toBe(1);
  expect(count(row('Ann'), row('x', ['ann@acme.com']))).toBe(0);
  expect(count(row('bob'), row('b0b'))).toBe(1);
  expect(count(row('bob', [], ['awork:ordinary']), row('eve', [], ['dayzero:*']))).toBe(0);
  expect(count(row('bob', [], ['awork:*']), row('eve', [], ['*:access']))).toBe(2);
});

const server = await findServer('an undo that two instances carry out');
afterAll(() => server?.stop());

it.runIf(server)('two instances on one PostgreSQL that carry it out at the same time write once', async () => {
  const url = await createDatabase(server?.url ?? '');
  const env = { UPDATE_USER_STORE: url, UPDATE_USER_KEY: randomBytes(32).toString('hex') };
  const changed = await startChanged({ env });
  const { app, sandbox } = changed.pipeline;
  const other = createApp(settingsFrom({ policy: CALLERS_MAY }, { ...sandbox.env, ...env }));
  onTestFinished(() => other.shutdown());
  const id = (await askForUndo(changed)).approval?.id ?? '';
  await sayYes(app, id);
  const args = { change_id: changed.changeId, reason: 'a mistake' };
  const origin = { caller: { principal: 'approver:ann', identities: ['ann'] }, canAsk: false, approvalId: id };
  // Without the lease, as if that of the first had run out.
  const run = async (one: App) => await runUndoCall(args, one.settings.connections, origin, await one.ports());
  const results = await Promise.all([app, other].flatMap((one) => [run(one), one.maintain()]));
  expect(results.filter((result) => result?.outcome === 'updated').length).toBeLessThanOrEqual(1);
  expect(putsAt(sandbox, 'atlassian')).toHaveLength(2);
  expect(titleOf(changed.pipeline)).toBe(TITLE);
  expect(await (await app.store()).list({ outcome: 'updated', limit: 9 })).toHaveLength(2);
});
