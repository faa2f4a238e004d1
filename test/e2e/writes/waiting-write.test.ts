import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, type TestContext, vi } from 'vitest';
import type { Fault, JsonRecord, VendorId } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import {
  ALLOW_ALL,
  connectionNamed,
  type Pipeline,
  putsAt,
  startPipeline,
  stored,
  yesTo,
} from '../../support/pipeline/pipeline.ts';
import { deadProcessId } from '../../support/store/samples.ts';
import { holdNext } from '../../support/vendors/hold.ts';

/** Edits by other clients between our read and our write. */

const PATIENCE = 60_000;

async function openRow(
  context: TestContext,
  id: VendorId,
  title: string,
  more: Record<string, unknown> = {},
): Promise<[Pipeline, string]> {
  const name = title.replace(/\W/g, '-').slice(0, 64);
  const connections = connectionNamed(name, id);
  return [await startPipeline({ config: { policy: ALLOW_ALL, connections, ...more } }, context), name];
}

function edit(pipeline: Pipeline, id: VendorId, patch: JsonRecord): void {
  Object.assign(pipeline.sandbox.vendors[id].users.get(idOf(id, 'jane')) ?? {}, patch);
}

const firstWrite = (pipeline: Pipeline, id: VendorId) =>
  vi.waitFor(() => expect(putsAt(pipeline.sandbox, id)).toHaveLength(1), { timeout: 20_000 });

/** Resolves once a change of Jane has an intent: her record was read, the write is next. */
const openIntent = async (pipeline: Pipeline, id: VendorId) => {
  const store = await pipeline.app.store();
  const newest = () => store.list({ userId: idOf(id, 'jane'), limit: 1 });
  await vi.waitFor(async () => expect(await newest()).toMatchObject([{ open: true }]), { timeout: 20_000 });
};

const slowDown = (vendor: VendorId): Fault => {
  const code = vendor === 'mediasilo' ? 420 : 429;
  return { kind: 'status', status: code, method: 'PUT', headers: { 'retry-after': '1' } };
};

describe.concurrent('a write that has to wait', () => {
  it.for<[VendorId, JsonRecord, JsonRecord]>([
    ['awork', { position: 'New' }, { lastName: 'Married' }],
    ['atlassian', { title: 'New' }, { active: false }],
    ['atomicwork', { title: 'New' }, { timezone: 'Europe/Lisbon' }],
    ['dayzero', { props: { theme: 'light' } }, { props: { approval_limit: 7 } }],
    ['mediasilo', { address: { city: 'Bonn' } }, { address: { city: 'Rome', country: 'IT' } }],
  ])('at %s is not sent on a record that moved', { timeout: PATIENCE }, async ([id, set, patch], context) => {
    const [pipeline, name] = await openRow(context, id, `waits ${id}`);
    pipeline.sandbox.vendors[id].faults.push(slowDown(id));
    const pending = pipeline.call(name, { user_id: idOf(id, 'jane'), set });
    await firstWrite(pipeline, id);
    edit(pipeline, id, patch);
    const result = await pending;
    const [entry] = await (await pipeline.app.store()).list({ limit: 1 });
    expect(result).toMatchObject({ outcome: 'conflict', code: 'record_changed' });
    expect(result.message).toContain('Nothing was sent');
    expect(putsAt(pipeline.sandbox, id)).toHaveLength(1);
    expect(stored(pipeline.sandbox, id, idOf(id, 'jane'))).toMatchObject(patch);
    expect(entry).toMatchObject({ outcome: 'conflict', kind: 'closed' });
  });

  it(
    'for its turn at the vendor looks at the record again, and is sent where that stayed',
    async (context) => {
      const limits = { concurrentWrites: 1 };
      for (const patch of [undefined, { lastName: 'Married' }]) {
        const [pipeline, name] = await openRow(context, 'awork', `turn ${patch ? 'moved' : 'stayed'}`, { limits });
        const vendor = pipeline.sandbox.vendors.awork;
        const { release } = holdNext(vendor, 'PUT');
        const first = pipeline.call(name, { user_id: idOf('awork', 'john'), set: { position: 'First' } });
        await firstWrite(pipeline, 'awork');
        const second = pipeline.call(name, { user_id: idOf('awork', 'jane'), set: { position: 'Second' } });
        await openIntent(pipeline, 'awork');
        if (patch) edit(pipeline, 'awork', patch);
        release();
        expect(await first).toMatchObject({ outcome: 'updated' });
        expect(await second).toMatchObject({ outcome: patch ? 'conflict' : 'updated' });
        const held = stored(pipeline.sandbox, 'awork', idOf('awork', 'jane'));
        expect(held).toMatchObject(patch ?? { position: 'Second' });
      }
    },
    PATIENCE,
  );

  it(
    'longer than its time behind another change of the same user says so',
    async (context) => {
      // The time of the first call no longer counts once its write is on its way.
      const [pipeline, name] = await openRow(context, 'awork', 'behind', { limits: { callSeconds: 2 } });
      const change = (position: string) => ({ user_id: idOf('awork', 'jane'), set: { position } });
      const { release } = holdNext(pipeline.sandbox.vendors.awork, 'PUT');
      const first = pipeline.call(name, change('First'));
      await firstWrite(pipeline, 'awork');
      const pending = pipeline.call(name, change('Second'));
      await sleep(2500);
      release();
      const second = await pending;
      expect(second).toMatchObject({ outcome: 'failed', code: 'record_changed' });
      expect(second.message).toContain('Other changes of this user were in progress the whole time');
      expect(await first).toMatchObject({ outcome: 'updated' });
    },
    PATIENCE,
  );

  it(
    'fails where the record cannot be read again',
    async (context) => {
      const [pipeline, name] = await openRow(context, 'awork', 'blind');
      const vendor = pipeline.sandbox.vendors.awork;
      vendor.faults.push(slowDown('awork'));
      const pending = pipeline.call(name, { user_id: idOf('awork', 'jane'), set: { position: 'New' } });
      await firstWrite(pipeline, 'awork');
      vendor.faults.push({ kind: 'status', status: 500, method: 'GET', times: 99 });
      expect(await pending).toMatchObject({ outcome: 'failed', code: 'upstream_unavailable' });
      expect(putsAt(pipeline.sandbox, 'awork')).toHaveLength(1);
    },
    PATIENCE,
  );
});

it('the record is read again once an interrupted change before it is recovered', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'broken-off-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'changes.db');
  const pipeline = await startPipeline({ env: { UPDATE_USER_STORE: file } });
  await leaveIntent(pipeline, file, { field: 'position', before: 'Product Manager', after: 'Killed' });
  const readings = [() => {}, () => edit(pipeline, 'awork', { position: 'Killed' })];
  pipeline.sandbox.vendors.awork.faults.push(...readings.map((run) => ({ kind: 'run' as const, method: 'GET', run })));
  const result = await pipeline.call('awork', { user_id: idOf('awork', 'jane'), set: { position: 'New' } });
  const entries = await (await pipeline.app.store()).list({ limit: 9 });
  expect(result).toMatchObject({ outcome: 'updated', changes: [{ before: 'Killed', after: 'New' }] });
  expect(entries.map(({ outcome, open }) => [outcome, open])).toEqual([
    ['updated', false],
    ['updated', false],
  ]);
});

/** Leaves the open intent of a process that died a minute ago. */
async function leaveIntent(pipeline: Pipeline, file: string, change: { field: string; before: string; after: string }) {
  const { seal } = await pipeline.app.ports();
  const image = { sealed: seal.seal('broken', { changes: [change], secrets: 0 }), expiresAt: Date.now() + 3_600_000 };
  const person = { provider: 'awork', connection: 'awork', userId: idOf('awork', 'jane') };
  const body = { tool: 'awork_update_user', caller: 'local', fields: [] };
  const store = await openSqliteStore(file, deadProcessId(), { now: () => Date.now() - 60_000 });
  await store.open({
    entry: { ...person, changeId: 'broken', outcome: 'unverified', body },
    since: 0,
    beforeImage: image,
  });
  await store.stop();
}

it('a vendor that says itself that the record moved is a conflict', async () => {
  const pipeline = await startPipeline();
  const { atlassian, awork } = pipeline.sandbox.vendors;
  atlassian.options.etag = true;
  atlassian.faults.push({ kind: 'foreign-write', method: 'PUT', patch: { nickName: 'Theirs' } });
  const body = JSON.stringify({ code: 'concurrency-violation', description: 'changed meanwhile' });
  awork.faults.push({ kind: 'status', status: 409, method: 'PUT', body });
  for (const [id, set] of [
    ['atlassian', { title: 'New' }],
    ['awork', { position: 'New' }],
  ] as const) {
    const result = await pipeline.call(id, { user_id: idOf(id, 'jane'), set });
    expect(result).toMatchObject({ outcome: 'conflict', code: 'record_changed' });
    expect(result.message).toContain('Nothing was changed');
  }
});

describe('one person under two spellings of the id', () => {
  it.each<[VendorId, JsonRecord, JsonRecord]>([
    ['awork', { position: 'P1' }, { lastName: 'L2' }],
    ['dayzero', { props: { one: '1' } }, { props: { two: '2' } }],
  ])('is one person to %s: no update undoes the other', async (id, first, second) => {
    const pipeline = await startPipeline();
    const jane = idOf(id, 'jane');
    const { release } = holdNext(pipeline.sandbox.vendors[id], 'PUT');
    const one = pipeline.call(id, { user_id: jane, set: first });
    await firstWrite(pipeline, id);
    const two = pipeline.call(id, { user_id: jane.toUpperCase(), set: second });
    const readings = () => pipeline.sandbox.vendors[id].requests.filter(({ method }) => method === 'GET');
    await vi.waitFor(() => expect(readings()).toHaveLength(2), { timeout: 20_000 });
    release();
    const results = await Promise.all([one, two]);
    const held = stored(pipeline.sandbox, id, jane);
    const entries = await (await pipeline.app.store()).list({ userId: jane, limit: 9 });
    for (const result of results) expect(result).toMatchObject({ outcome: 'updated', user: { id: jane } });
    expect(held).toMatchObject(id === 'awork' ? { ...first, ...second } : { props: { one: '1', two: '2' } });
    expect(entries).toHaveLength(2);
  });

  it('is asked about once: the yes given under one of them does not count twice', async () => {
    const pipeline = await startPipeline({ config: { policy: {} } });
    const jane = idOf('awork', 'jane');
    const set = { position: 'New' };
    const asked = await pipeline.converse('awork', { user_id: jane.toUpperCase(), set });
    if (asked.kind !== 'ask') throw new Error('no question came');
    const done = await pipeline.converse('awork', { user_id: jane.toUpperCase(), set }, yesTo(asked));
    expect(done).toMatchObject({ outcome: 'updated', user: { id: jane } });
    edit(pipeline, 'awork', { position: 'Old' });
    expect(await pipeline.converse('awork', { user_id: jane, set }, yesTo(asked))).toMatchObject({ kind: 'ask' });
  });
});
