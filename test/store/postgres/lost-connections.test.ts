import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyChain } from '../../../src/store/log/hash-chain.ts';
import { toTableNames } from '../../../src/store/postgres/dialect.ts';
import { openPostgresStore } from '../../../src/store/postgres/store.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import type { Store } from '../../../src/store/store.ts';
import { type Cut, type CuttingProxy, startCuttingProxy } from '../../support/store/cutting-proxy.ts';
import { createPostgresPlace, findServer, type PostgresPlace } from '../../support/store/postgres.ts';
import { body, entry, intent, person } from '../../support/store/samples.ts';

const server = await findServer('the tests of lost connections to PostgreSQL');
const url = server?.url ?? '';
afterAll(() => server?.stop());

/** What a store may be asked to do while its connections break. */
const day = 24 * 60 * 60_000;
const request = (id: string) => ({
  ...{ id, digest: `digest ${id}`, requestKey: id, caller: 'tests', ...person(id), needed: 2 },
  ...{ expiresAt: Date.now() + day, view: Uint8Array.of(1) },
});

describe.skipIf(!server)('with connections to PostgreSQL that break', () => {
  let place: PostgresPlace;
  let proxy: CuttingProxy;
  let store: Store;
  beforeEach(async () => {
    place = await createPostgresPlace(url);
    proxy = await startCuttingProxy(url);
    store = await openPostgresStore(proxy.url, createProcessId(), { schema: place.schema, retryMs: 30_000 });
  });
  afterEach(async () => {
    await store.stop();
    await proxy.stop();
    await place.remove();
  });
  const kinds = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const row of store.entries()) found.push(`${row.kind} ${row.changeId}`);
    expect(await verifyChain(store.entries(), await store.head())).toEqual({ ok: true, rows: found.length });
    return found;
  };

  const ways: Cut[][] = [['before'], ['after'], ['before', 'before', 'after'], ['after', 'before'], ['after', 'after']];
  describe.each(ways.map((cuts) => ({ cuts })))('cut $cuts the commit', ({ cuts }) => {
    it('opens and closes once, and answers as if nothing had happened', async () => {
      const nonce = { id: 'yes', expiresAt: 9e15 };
      const beforeImage = { sealed: Uint8Array.of(1), expiresAt: 9e15 };
      await store.approvals.request({ ...request('a1'), needed: 1 }, body());
      await store.approvals.decide('a1', { approver: 'ann', yes: true });
      proxy.cut(...cuts);
      expect(await store.open({ ...intent('c1'), nonce, beforeImage, approval: 'a1' })).toEqual({
        kind: 'opened',
        seq: 3,
      });
      expect(await store.open({ ...intent('c2', person('p2')), nonce })).toEqual({ kind: 'consumed' });
      expect(await store.open({ ...intent('c2', person('p2')), approval: 'a1' })).toEqual({ kind: 'consumed' });
      await expect(store.open(intent('c1', person('p3')))).rejects.toThrow('opened before');
      proxy.cut(...cuts);
      expect(await store.close('c1', 'updated', body(), Uint8Array.of(2))).toBe(true);
      expect(await store.close('c1', 'updated', body())).toBe(false);
      expect(await store.beforeImage('c1')).toEqual(Uint8Array.of(2));
      proxy.cut(...cuts);
      await store.attempt(entry('c3'));
      expect((await kinds()).slice(2)).toEqual(['opened c1', 'closed c1', 'attempt c3']);
    });

    it('gives each of many parallel writes its own answer', async () => {
      const nonce = { id: 'yes', expiresAt: 9e15 };
      proxy.cut(...cuts);
      const results = await Promise.allSettled([
        ...Array.from({ length: 20 }, (_, i) => store.open({ ...intent(`c${i}`, person(`p${i}`)), nonce })),
        store.close('nothing', 'failed', body()),
        store.attempt(entry('a1')),
      ]);
      const values = results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason));
      expect(values.slice(0, 20)).toEqual([{ kind: 'opened', seq: 1 }, ...Array(19).fill({ kind: 'consumed' })]);
      expect(values.slice(20)).toEqual([false, undefined]);
      expect(await kinds()).toEqual(['opened c0', 'attempt a1']);
    });

    it('asks, decides and withdraws once', async () => {
      const { approvals } = store;
      proxy.cut(...cuts);
      expect(await approvals.request(request('a1'), body())).toMatchObject({ id: 'a1', state: 'pending' });
      proxy.cut(...cuts);
      expect(await approvals.decide('a1', { approver: 'ann', yes: true })).toMatchObject({ kind: 'decided' });
      expect(await approvals.get('a1')).toMatchObject({ decisions: [{ approver: 'ann' }] });
      proxy.cut(...cuts);
      expect(await approvals.withdraw('a1')).toBe(true);
      proxy.cut(...cuts);
      expect(await approvals.addApprover('ann', 'v')).toBe(true);
      proxy.cut(...cuts);
      expect(await approvals.approvers()).toMatchObject([{ name: 'ann' }]);
      proxy.cut(...cuts);
      expect(await approvals.removeApprover('ann')).toBe(true);
    });
  });

  it('continues after idle connections were broken', async () => {
    for (let round = 0; round < 5; round += 1) {
      await store.open(intent(`c${round}`));
      expect((await store.head()).seq).toBe(2 * round + 1);
      proxy.breakAll();
      if (round % 2 === 0) await sleep(20);
      expect(await store.close(`c${round}`, 'updated', body())).toBe(true);
      proxy.breakAll();
      expect((await store.head()).seq).toBe(2 * round + 2);
    }
    expect(await kinds()).toHaveLength(10);
  });

  it('loses nothing and does nothing twice while connections break at random', async () => {
    const names = Array.from({ length: 150 }, (_, i) => `c${i}`);
    let isOver = false;
    const breaking = (async () => {
      for (let times = 0; times < 10 && !isOver; times += 1) {
        await sleep(100 + Math.random() * 600);
        proxy.breakAll();
        if (Math.random() < 0.3) proxy.cut('after');
      }
    })();
    await Promise.all(
      names.map(async (name, i) => {
        await sleep(i * 10);
        expect(await store.open(intent(name, person(name)))).toMatchObject({ kind: 'opened' });
        await store.lastSeq(person(name));
        expect(await store.close(name, 'updated', body())).toBe(true);
      }),
    ).finally(() => {
      isOver = true;
    });
    await breaking;
    const expected = names.flatMap((name) => [`opened ${name}`, `closed ${name}`]);
    expect((await kinds()).sort()).toEqual(expected.sort());
  }, 120_000);

  it('gives up after its time limit, says so, and works again later', async () => {
    const impatient = await openPostgresStore(proxy.url, createProcessId(), { schema: place.schema, retryMs: 200 });
    proxy.refuse(true);
    proxy.breakAll();
    const results = await Promise.allSettled([
      impatient.head(),
      impatient.open(intent('c1')),
      impatient.lastSeq(person('a')),
    ]);
    for (const result of results) expect(String(Object(result).reason)).toContain('cannot be reached');
    proxy.refuse(false);
    expect(await impatient.open(intent('c1'))).toEqual({ kind: 'opened', seq: 1 });
    await impatient.stop();
  }, 120_000);

  it('waits for a lock that another instance holds', async () => {
    const { lock } = toTableNames(place.schema);
    let isDone = false;
    let attempt: Promise<unknown> = Promise.resolve();
    await place.sql.begin(async (sql) => {
      await sql.unsafe(`SELECT pg_advisory_xact_lock(${lock})`);
      attempt = store.attempt(entry('c1')).then(() => (isDone = true));
      await sleep(200);
      expect(isDone).toBe(false);
      // Reading needs no lock.
      expect(await store.head()).toMatchObject({ seq: 0 });
    });
    await attempt;
    expect(await kinds()).toEqual(['attempt c1']);
  });
});
