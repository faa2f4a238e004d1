import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { verifyPassphrase } from '../../src/approvals/passphrase.ts';
import { verifyLog } from '../../src/store/log/verify.ts';
import { openPostgresStore } from '../../src/store/postgres/store.ts';
import { createProcessId } from '../../src/store/process-id.ts';
import { createSeal } from '../../src/store/seal.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import type { Store, StoreOptions } from '../../src/store/store.ts';
import { runProgram } from '../support/program/run-program.ts';
import {
  copyOldFile,
  loadOldSchema,
  OLD_APPROVALS,
  OLD_KEY,
  OLD_OUTCOMES,
  OLD_PASSPHRASE,
  OLD_ROWS,
  OLD_TIME,
} from '../support/store/old-stores.ts';
import { findServer } from '../support/store/postgres.ts';
import { batchEvent, body, intent, person } from '../support/store/samples.ts';

const server = await findServer('the tests of a PostgreSQL store of an earlier version');
afterAll(() => server?.stop());

const seal = createSeal(OLD_KEY);
const options: StoreOptions = { now: () => OLD_TIME, mac: seal.mac };

async function openFile(): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), 'old-store-'));
  const file = join(folder, 'state', 'changes.db');
  await copyOldFile(file);
  const store = await openSqliteStore(file, createProcessId(), options);
  onTestFinished(async () => {
    await store.stop();
    await rm(folder, { recursive: true });
  });
  return store;
}

async function openSchema(): Promise<Store> {
  const url = server?.url ?? '';
  const { schema, drop } = await loadOldSchema(url);
  const store = await openPostgresStore(url, createProcessId(), { ...options, schema });
  onTestFinished(async () => {
    await store.stop();
    await drop();
  });
  return store;
}

const kinds = [['SQLite file', openFile] as const, ...(server ? [['PostgreSQL schema', openSchema] as const] : [])];

describe.each(kinds)('a %s that an earlier version wrote', (_kind, open) => {
  it('has a chain that verifies, and says what was not signed', async () => {
    const store = await open();
    const verdict = await verifyLog(store, seal.mac);
    expect(verdict).toMatchObject({
      ok: true,
      rows: OLD_ROWS,
      note: expect.stringContaining(`Entries 1 to ${OLD_ROWS}`),
    });
    await store.attempt(intent('new').entry);
    expect(await verifyLog(store, seal.mac)).toMatchObject({ ok: true, rows: OLD_ROWS + 1 });
  });

  it('lists every change, a no as declined', async () => {
    const store = await open();
    const listed = await store.list({ limit: 99 });
    expect(listed.map(({ outcome, body: { fields } }) => [outcome, fields[0]?.field])).toEqual(OLD_OUTCOMES);
    const refused = listed.filter(({ outcome }) => outcome === 'refused');
    expect(refused.map(({ body: { code, declinedBy } }) => [code, declinedBy])).toEqual([
      ['declined', 'ann'],
      ['declined', undefined],
    ]);
  });

  it('counts what ended on each day, with what is added', async () => {
    const store = await open();
    const ended = (await store.list({ limit: 99 })).filter(({ open: isOpen }) => !isOpen);
    await store.attempt(intent('new').entry);
    const counts = await store.activity({ from: '2000-01-01', to: '2999-12-31' });
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(ended.length + 1);
    for (const { at, provider, outcome } of ended) {
      const same = ended.filter((one) => one.at.slice(0, 10) === at.slice(0, 10) && one.provider === provider);
      const count = same.filter((one) => one.outcome === outcome).length;
      expect(counts).toContainEqual({ day: at.slice(0, 10), provider, outcome, count });
    }
  });

  it('still undoes what it changed, and closes what it left open', async () => {
    const store = await open();
    const updated = (await store.list({ limit: 99, outcome: 'updated' })).at(-1);
    const image = await store.beforeImage(updated?.changeId ?? '');
    expect(seal.unseal(updated?.changeId ?? '', image ?? new Uint8Array())).toMatchObject({
      changes: [{ field: 'firstName', before: 'Jane', after: 'Janet' }],
    });
    const [entry, ...others] = await store.inDoubt();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ provider: 'awork', kind: 'opened' });
    expect(
      await store.open(intent('next', { ...person(entry?.userId ?? ''), provider: 'awork', connection: 'awork' })),
    ).toMatchObject({ kind: 'in_doubt' });
    expect(await store.close(entry?.changeId ?? '', 'unverified', body())).toBe(true);
    expect(await store.inDoubt()).toEqual([]);
  });

  it('takes batches', async () => {
    const store = await open();
    const batch = { id: 'b1', expiresAt: OLD_TIME + 1000, header: Uint8Array.of(1), parts: [Uint8Array.of(2)] };
    expect(await store.batches.get('b1')).toBeUndefined();
    expect(await store.batches.open({ batch, entry: batchEvent('b1', 'opened') })).toBe('opened');
    expect(await store.batches.part('b1', 0)).toEqual(Uint8Array.of(2));
    expect(await store.batches.finish('b1', batchEvent('b1', 'finished'), 'drop')).toBe(true);
    expect(await verifyLog(store, seal.mac)).toMatchObject({ ok: true, rows: OLD_ROWS + 2 });
  });

  it('has its approvers, with their passphrases', async () => {
    const store = await open();
    const approvers = await store.approvals.approvers();
    expect(approvers.map(({ name, may }) => [name, may])).toEqual([
      ['ann', ['*:*']],
      ['ben', ['*:*']],
    ]);
    expect(await verifyPassphrase(OLD_PASSPHRASE, approvers[0]?.verifier ?? '')).toBe(true);
  });

  it('asks again for a yes that was not used, and keeps pending requests open for a decision', async () => {
    const { approvals, ...store } = await open();
    const rows = await approvals.list({ limit: 9 });
    expect(rows.map(({ state }) => state)).toEqual(
      OLD_APPROVALS.map((state) => (state === 'approved' ? 'pending' : state)),
    );
    expect(rows.filter(({ state }) => state === 'pending').map(({ decisions }) => decisions)).toEqual([[], [], []]);
    const [approved] = rows;
    if (!approved) throw new Error('nothing is there');
    expect(seal.unseal(approved.id, approved.view)).toMatchObject({ fields: [{ field: 'title', after: 'Approved' }] });
    const use = () => store.open({ ...intent('use', person('x')), approval: approved.id });
    expect(await use()).toEqual({ kind: 'consumed' });
    for (const approver of ['ann', 'ben']) {
      expect(await approvals.decide(approved.id, { approver, yes: true })).toMatchObject({ kind: 'decided' });
    }
    expect(await use()).toMatchObject({ kind: 'opened' });
  });
});

it('is migrated by the program, with the key it was sealed with', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'old-store-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'changes.db');
  await copyOldFile(file);
  const env = { UPDATE_USER_STORE: file, UPDATE_USER_KEY: Buffer.from(OLD_KEY).toString('base64'), HOME: folder };
  const verified = await runProgram(['changes', 'verify', '--json'], env);
  expect(verified.stderr).toContain('signed as they were found');
  expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true, rows: OLD_ROWS });
  expect((await runProgram(['changes', 'verify'], env)).stderr).toBe('');
  const listed = await runProgram(['changes', 'list', '--json', '--limit', '99'], env);
  expect(JSON.parse(listed.stdout)).toHaveLength(OLD_OUTCOMES.length);
});
