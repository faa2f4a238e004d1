import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyChain } from '../../../src/store/log/hash-chain.ts';
import { openPostgresStore } from '../../../src/store/postgres/store.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import type { Store } from '../../../src/store/store.ts';
import { createPostgresPlace, findOwnServer, type PostgresPlace } from '../../support/store/postgres.ts';
import { body, intent, person } from '../../support/store/samples.ts';

// A server of our own: restarting it disturbs no other test.
const server = await findOwnServer('the tests that restart PostgreSQL');
const url = server?.url ?? '';
afterAll(() => server?.stop());

describe.skipIf(!server)('with a PostgreSQL that restarts', () => {
  let place: PostgresPlace;
  let store: Store;
  beforeEach(async () => {
    place = await createPostgresPlace(url);
    store = await openPostgresStore(url, createProcessId(), { schema: place.schema, retryMs: 60_000 });
  });
  afterEach(async () => {
    await store.stop();
    await place.remove();
  });

  it.each(['fast', 'immediate'] as const)(
    'loses nothing over a restart that is %s',
    async (how) => {
      let isOver = false;
      const promised: string[] = [];
      const write = async (lane: number): Promise<void> => {
        for (let i = 0; !isOver; i += 1) {
          const id = `c${lane}-${i}`;
          const nonce = { id, expiresAt: 9e15 };
          expect(await store.open({ ...intent(id, person(id)), nonce })).toMatchObject({ kind: 'opened' });
          promised.push(`opened ${id}`);
          await store.lastSeq(person(id));
          expect(await store.close(id, 'updated', body())).toBe(true);
          promised.push(`closed ${id}`);
        }
      };
      const writing = Promise.all([0, 1, 2, 3].map(write));
      for (let round = 0; round < 3; round += 1) {
        await sleep(150);
        await server?.halt(how);
        const before = promised.length;
        await server?.start();
        await expect.poll(() => promised.length, { timeout: 20_000 }).toBeGreaterThan(before + 8);
      }
      isOver = true;
      await writing;

      const found: string[] = [];
      for await (const row of store.entries()) found.push(`${row.kind} ${row.changeId}`);
      expect(found.sort()).toEqual(promised.sort());
      expect(await verifyChain(store.entries(), await store.head())).toEqual({ ok: true, rows: found.length });
    },
    120_000,
  );

  it('reports that it is gone, and continues when it is back', async () => {
    const impatient = await openPostgresStore(url, createProcessId(), { schema: place.schema, retryMs: 100 });
    await impatient.open(intent('c1'));
    await server?.halt('fast');
    const tries = [impatient.head(), impatient.close('c1', 'updated', body()), impatient.approvals.countPending()];
    for (const result of await Promise.allSettled(tries)) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { message: expect.stringContaining('cannot be reached') },
      });
    }
    await server?.start();
    expect((await impatient.head()).seq).toBe(1);
    expect(await impatient.close('c1', 'updated', body())).toBe(true);
    await impatient.stop();
  }, 120_000);

  it('waits at the start for a server that is just starting', async () => {
    await server?.halt('fast');
    const opening = openPostgresStore(url, createProcessId(), { schema: place.schema, retryMs: 60_000 });
    await sleep(300);
    await server?.start();
    const late = await opening;
    expect(await late.head()).toMatchObject({ seq: 0 });
    await late.stop();
  }, 120_000);

  it('refuses a database that cannot hold all text', async () => {
    const sql = postgres(url, { max: 1 });
    await sql`CREATE DATABASE old_text ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'`;
    const at = new URL(url);
    at.pathname = '/old_text';
    await expect(openPostgresStore(at.href, createProcessId())).rejects.toThrow('createdb -E UTF8');
    await sql`DROP DATABASE old_text`;
    await sql.end();
  });
});
