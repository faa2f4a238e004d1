import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyChain } from '../../../src/store/log/hash-chain.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Place } from '../../support/store/place.ts';
import { body, intent, person } from '../../support/store/samples.ts';
import type { Where } from '../../support/store/writer.ts';
import { buildWriters, type Child, type Writers } from '../../support/store/writers.ts';

/** What every store that several processes share has to do when they are real ones, and are killed. */
export function testProcesses(name: string, makePlace: () => Promise<Place & { where: Where }>): void {
  describe(`${name}: processes`, () => {
    let writers: Writers;
    let place: Place & { where: Where };
    beforeAll(async () => {
      writers = await buildWriters();
    });
    afterAll(() => writers.remove());
    beforeEach(async () => {
      place = await makePlace();
    });
    afterEach(() => place.remove());

    it('loses nothing that was promised when two of four processes are killed', async () => {
      const [a, b] = ['a', 'b'].map((one) => writers.start(one, 'changes without end', place.where));
      const [c, d] = ['c', 'd'].map((one) => writers.start(one, 'changes', place.where));
      const children = [a, b, c, d].filter((child) => child !== undefined);
      void a?.said(15).then(() => a.process.kill('SIGKILL'));
      void b?.said(40).then(() => b.process.kill('SIGKILL'));
      const codes = await Promise.all(children.map(({ ended }) => ended));
      expect(codes).toEqual([null, null, 0, 0]);
      expect([c?.lines.length, d?.lines.length]).toEqual([201, 201]);

      const store = await place.open(createProcessId());
      const found = await readAll(store);
      const promised = children.flatMap(said);
      expect(promised.length).toBeGreaterThan(440);
      expect(promised.filter((line) => !found.includes(line))).toEqual([]);
      await expectWhole(store, found.length);

      // What the killed ones left open, and nothing else, is there to be closed with the truth.
      const open = found.filter((line) => line.startsWith('opened ')).map((line) => line.slice(7));
      const left = open.filter((id) => !found.includes(`closed ${id}`));
      const inDoubt = await store.inDoubt();
      expect(inDoubt.map(({ changeId }) => changeId)).toEqual(left);
      for (const { changeId, userId } of inDoubt) {
        expect(await store.beforeImage(changeId)).toHaveLength(500);
        expect(await store.open(intent('next', person(userId)))).toMatchObject({ kind: 'in_doubt' });
        expect(await store.close(changeId, 'unverified', body())).toBe(true);
      }
      expect(await store.inDoubt()).toEqual([]);
      await expectWhole(store, found.length + left.length);
    }, 120_000);

    it('survives being killed at any moment', async () => {
      for (let round = 0; round < 8; round += 1) {
        const child = writers.start(`r${round}`, 'changes without end', place.where);
        await child.said(1 + round * 5);
        child.process.kill('SIGKILL');
        await child.ended;
        const store = await place.open(createProcessId());
        const found = await readAll(store);
        expect(said(child).filter((line) => !found.includes(line))).toEqual([]);
        await expectWhole(store, found.length);
        await store.stop();
      }
    }, 120_000);

    it('gives a yes to one of two processes', async () => {
      const children = ['a', 'b'].map((one) => writers.start(one, 'yeses', place.where));
      expect(await Promise.all(children.map(({ ended }) => ended))).toEqual([0, 0]);
      const expected = Array.from({ length: 40 }, (_, i) => [`opened yes-${i}`, `consumed yes-${i}`]).flat();
      expect(children.flatMap(said).sort()).toEqual(expected.sort());
    }, 120_000);

    it('gives each of 200 approvals to one of two processes', async () => {
      const store = await place.open(createProcessId());
      const ids = Array.from({ length: 200 }, (_, i) => `approval-${i}`);
      await Promise.all(ids.map((id) => approve(store, id)));
      const children = ['a', 'b'].map((one) => writers.start(one, 'approvals', place.where));
      expect(await Promise.all(children.map(({ ended }) => ended))).toEqual([0, 0]);
      const expected = ids.flatMap((id) => [`opened ${id}`, `consumed ${id}`]);
      expect(children.flatMap(said).sort()).toEqual(expected.sort());
      expect(await store.approvals.list({ state: 'used', limit: 999 })).toHaveLength(200);
      await expectWhole(store, 800);
    }, 120_000);
  });
}

async function approve({ approvals }: Store, id: string): Promise<void> {
  const rest = { caller: 'tests', ...person(id), expiresAt: Date.now() + 3_600_000, needed: 1 };
  await approvals.request({ id, digest: id, requestKey: id, ...rest, view: new Uint8Array(100) }, body());
  await approvals.decide(id, { approver: 'ann', yes: true }, new Uint8Array(20));
}

function said({ lines }: Child): string[] {
  return lines.filter((line) => line !== 'ready');
}

async function readAll(store: Store): Promise<string[]> {
  const found: string[] = [];
  for await (const row of store.entries()) found.push(`${row.kind} ${row.changeId}`);
  return found;
}

async function expectWhole(store: Store, rows: number): Promise<void> {
  expect(await verifyChain(store.entries(), await store.head())).toEqual({ ok: true, rows });
}
