import type { ChildProcess } from 'node:child_process';
import { afterAll, expect, it } from 'vitest';
import { type App, createApp } from '../../../src/app.ts';
import { loadSettings } from '../../../src/config/load.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { verifyLog } from '../../../src/store/log/verify.ts';
import { ALLOW_ALL } from '../../support/pipeline/pipeline.ts';
import { addPeople, applyJson, fileIn, positions } from '../../support/program/apply.ts';
import { type StdioServer, startTestServer } from '../../support/program/stdio-server.ts';
import { createDatabase, findServer } from '../../support/store/postgres.ts';

/**
 * `kill -9` again and again during a batch of 200, each time followed by a resume: everyone is written exactly once, and
 * the audit log tells the truth.
 */

const PEOPLE = 200;
const KILLS = 20;

/** Numbers below `limit`, the same for the same seed (mulberry32). */
function numbersFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** When to kill: at the arrival of the n-th request of this method since the program started. */
interface Moment {
  method: 'GET' | 'PUT';
  nth: number;
}

/** A kill while reading before anything was asked or stored, then kills between the writes and the reads of all of them. */
function momentsFrom(seed: number): Moment[] {
  const next = numbersFrom(seed);
  const writes = Math.floor(PEOPLE / KILLS);
  return Array.from({ length: KILLS }, (_, at) => {
    if (at === 0) return { method: 'GET', nth: 1 + next(PEOPLE) };
    // Of the requests of a resumed run, as many reads as there are people left come first.
    const left = PEOPLE - at * writes;
    return next(3) === 0
      ? { method: 'GET', nth: 1 + next(left + 2 * writes) }
      : { method: 'PUT', nth: 1 + next(writes) };
  });
}

interface Watched {
  /** How often each user record was written. */
  writes: Map<string, number>;
  /** Kills the program at this moment. */
  killAt(child: ChildProcess, moment: Moment): void;
}

function watch({ vendors }: Sandbox): Watched {
  const writes = new Map<string, number>();
  let [armed, seen] = [undefined as (Moment & { child: ChildProcess }) | undefined, 0];
  vendors.awork.faults.push({
    kind: 'run',
    times: Number.POSITIVE_INFINITY,
    run(_, { method, path }) {
      if (method === 'PUT') writes.set(path, (writes.get(path) ?? 0) + 1);
      if (armed?.method !== method || ++seen !== armed.nth) return;
      armed.child.kill('SIGKILL');
      armed = undefined;
    },
  });
  return {
    writes,
    killAt(child, moment) {
      [armed, seen] = [{ child, ...moment }, 0];
    },
  };
}

async function killAgainAndAgain(server: StdioServer, seed: number): Promise<void> {
  const { sandbox, env } = server;
  const ids = addPeople(sandbox, PEOPLE);
  const file = fileIn(server, 'positions.csv', positions(ids));
  const watched = watch(sandbox);
  let batch: string | undefined;
  const run = async (moment?: Moment) => {
    const args = batch === undefined ? [file, '--provider', 'awork'] : ['--resume', batch];
    const ended = await applyJson(env, args, (child) => moment && watched.killAt(child, moment));
    batch ??= /^Batch (\S+)$/m.exec(ended.stderr)?.[1];
    return ended;
  };
  let kills = 0;
  for (const moment of momentsFrom(seed)) {
    const { code, stderr } = await run(moment);
    if (code === null) kills++;
    else expect.soft(`${seed}: ${JSON.stringify(moment)} ended ${code}: ${stderr}`).toBe('killed');
  }
  expect(kills).toBe(KILLS);
  const { code, last, stderr } = await run();
  expect([code, stderr, last]).toEqual([0, `Batch ${batch}\n`, { batch_id: batch, counts: { updated: PEOPLE } }]);
  expect(ids.map((id) => sandbox.vendors.awork.users.get(id)?.['position'])).toEqual(ids.map(() => 'Lead'));
  expect([...watched.writes.values()]).toEqual(ids.map(() => 1));
  await checkLog(env, batch ?? '', ids);
}

async function checkLog(env: Record<string, string>, batch: string, ids: readonly string[]): Promise<void> {
  const app: App = createApp(loadSettings({ ...env, UPDATE_USER_LOG: 'silent' }, env['UPDATE_USER_CONFIG']));
  try {
    const store = await app.store();
    expect(await store.openIntents()).toEqual([]);
    const updated = await store.list({ batchId: batch, outcome: 'updated', limit: 1000 });
    expect(updated.map(({ userId }) => userId).sort()).toEqual([...ids].sort());
    expect((await store.trail(batch)).entries.map(({ outcome }) => outcome)).toEqual(['opened', 'finished']);
    expect(await store.batches.get(batch)).toBeUndefined();
    expect(await verifyLog(store, (await app.seal()).mac)).toMatchObject({ ok: true });
  } finally {
    await app.shutdown();
  }
}

/** In place of a key file in the home folder, which is another one in this process. */
const KEY = 'ab'.repeat(32);
const config = { policy: ALLOW_ALL };
const postgres = await findServer('kills during a batch on PostgreSQL');

afterAll(() => postgres?.stop());

/** All at the same time: recovery waits for a write that may still be on its way. */
it('writes everyone exactly once, on SQLite and on PostgreSQL', { timeout: 240_000 }, async () => {
  const stores: Record<string, string>[] = [{}];
  if (postgres) stores.push({ UPDATE_USER_STORE: await createDatabase(postgres.url), UPDATE_USER_KEY: KEY });
  const servers = await Promise.all(stores.map((env) => startTestServer({ config, env })));
  const ended = await Promise.allSettled(servers.map((server, seed) => killAgainAndAgain(server, seed)));
  expect(ended.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))).toEqual([]);
});
