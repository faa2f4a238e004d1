import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/sandbox/index.ts';
import { idOf, people } from '../../../src/sandbox/people.ts';
import type { ListedChange } from '../../../src/store/log/entry.ts';
import { verifyChain } from '../../../src/store/log/hash-chain.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import { allArrived } from '../../support/arrived.ts';
import { ALLOW_ALL, putsAt } from '../../support/pipeline.ts';
import { type Agent, type StdioServer, startStdioServer } from '../../support/stdio-server.ts';

/** `kill -9` at every kind of moment; then the same program on the same store. */

const PATIENCE = 120_000;
const jane = idOf('awork', 'jane');
const held = (server: StdioServer) => server.sandbox.vendors.awork.users.get(jane)?.['position'];

const setPosition = (agent: Agent, position: string) =>
  agent.call('awork_update_user', { user_id: jane, set: { position } });

/** Starts an update and kills the program when `moment` has come. Resolves once all it sent has arrived. */
async function killDuring(
  server: StdioServer,
  work: (agent: Agent) => Promise<unknown>,
  moment: () => Promise<unknown>,
) {
  const agent = await server.connect('v1-mute');
  const pid = agent.pid();
  const working = work(agent).catch(() => 'the program died');
  await moment();
  process.kill(pid, 'SIGKILL');
  await working;
  await allArrived(server.sandbox);
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 40_000; Date.now() < end; await sleep(5)) if (await condition()) return;
  throw new Error('what was waited for did not happen');
}

/** The log as a start leaves it, once nothing in it is open any more. Its chain must hold. */
async function settledLog(server: StdioServer): Promise<ListedChange[]> {
  const store = await openSqliteStore(server.storePath, createProcessId());
  try {
    await until(async () => (await store.list({ limit: 1000 })).every(({ open }) => !open));
    const head = await store.head();
    expect(await verifyChain(store.rows(), head)).toMatchObject({ ok: true });
    return await store.list({ limit: 1000 });
  } finally {
    await store.stop();
  }
}

/** When the first change was put on record, in ms since 1970. */
async function firstOpened(server: StdioServer): Promise<number> {
  const store = await openSqliteStore(server.storePath, createProcessId());
  try {
    for await (const { at } of store.rows()) return Date.parse(at);
    throw new Error('nothing is on record');
  } finally {
    await store.stop();
  }
}

function put(server: StdioServer, position: string): void {
  Object.assign(server.sandbox.vendors.awork.users.get(jane) ?? {}, { position });
}

interface Crash {
  /** Hits the PUT. */
  fault: Fault;
  /** What the record shows once the program is dead, where that is something else. */
  later?: string;
  outcome: string;
  position: string;
}

const crashes: Record<string, Crash> = {
  'on the way, and never processed': { fault: { kind: 'hang' }, outcome: 'failed', position: 'Product Manager' },
  'on the way, and processed afterwards': {
    fault: { kind: 'hang' },
    later: 'Killed',
    outcome: 'updated',
    position: 'Killed',
  },
  'processed, and not answered': { fault: { kind: 'hang-after' }, outcome: 'updated', position: 'Killed' },
  'processed, and answered too late': {
    fault: { kind: 'delay-after', delayMs: 1000 },
    outcome: 'updated',
    position: 'Killed',
  },
  'overtaken by somebody else': {
    fault: { kind: 'hang' },
    later: 'Theirs',
    outcome: 'unverified',
    position: 'Theirs',
  },
};

describe.concurrent('killed while a write is', () => {
  it.each(Object.entries(crashes))(
    '%s: the next start says what became of it, and sends nothing again',
    async (_name, { fault, later, outcome, position }) => {
      const server = await startStdioServer({ config: { policy: ALLOW_ALL } });
      const vendor = server.sandbox.vendors.awork;
      vendor.faults.push({ ...fault, method: 'PUT' });
      await killDuring(
        server,
        (agent) => setPosition(agent, 'Killed'),
        () => until(() => putsAt(server.sandbox, 'awork').length === 1),
      );
      if (later !== undefined) put(server, later);

      const agent = await server.connect('v1-mute');
      const [entry, ...others] = await settledLog(server);
      expect(others).toEqual([]);
      expect(entry).toMatchObject({ kind: 'closed', outcome, userId: jane, provider: 'awork' });
      expect(entry?.body.message).toContain('interrupted');
      expect(held(server)).toBe(position);
      expect(putsAt(server.sandbox, 'awork')).toHaveLength(1);
      // Nobody looks while the write may still be on its way: 3 s, with a little for clocks that are not quite at one.
      const [, , look] = vendor.requests;
      expect((look?.at ?? 0) - (await firstOpened(server))).toBeGreaterThan(2950);

      expect((await setPosition(agent, 'Afterwards')).is).toMatchObject({ outcome: 'updated' });
      expect(held(server)).toBe('Afterwards');
      expect((await settledLog(server)).map((row) => row.outcome)).toEqual(['updated', outcome]);
      await server.stop();
    },
    PATIENCE,
  );
});

describe.concurrent('started again', () => {
  it(
    'and asked for the same person at once: settles what was open first, then writes',
    async () => {
      const server = await startStdioServer({ config: { policy: ALLOW_ALL } });
      server.sandbox.vendors.awork.faults.push({ kind: 'hang', method: 'PUT' });
      await killDuring(
        server,
        (agent) => setPosition(agent, 'Killed'),
        () => until(() => putsAt(server.sandbox, 'awork').length === 1),
      );
      put(server, 'Killed');
      const agent = await server.connect('v1-mute');
      expect((await setPosition(agent, 'Afterwards')).is).toMatchObject({
        outcome: 'updated',
        changes: [{ before: 'Killed', after: 'Afterwards' }],
      });
      expect((await settledLog(server)).map((row) => row.outcome)).toEqual(['updated', 'updated']);
      expect(putsAt(server.sandbox, 'awork')).toHaveLength(2);
      await server.stop();
    },
    PATIENCE,
  );
});

describe.concurrent('killed around the read', () => {
  it.each([0, 1, 2, 4, 8, 16])(
    '%d ms after it: whatever happened is what the log says',
    async (ms) => {
      const server = await startStdioServer({ config: { policy: ALLOW_ALL } });
      await killDuring(
        server,
        (agent) => setPosition(agent, 'Killed'),
        () => until(() => server.sandbox.vendors.awork.requests.length > 0).then(() => sleep(ms)),
      );
      const sent = putsAt(server.sandbox, 'awork').length;
      const agent = await server.connect('v1-mute');
      const log = await settledLog(server);
      expect(sent).toBeLessThanOrEqual(1);
      expect(putsAt(server.sandbox, 'awork')).toHaveLength(sent);
      if (sent > 0) expect(log.map(({ outcome }) => outcome)).toEqual(['updated']);
      else expect(log.filter(({ outcome }) => outcome !== 'failed')).toEqual([]);
      expect(held(server)).toBe(sent > 0 ? 'Killed' : 'Product Manager');
      expect((await setPosition(agent, 'Afterwards')).is).toMatchObject({ outcome: 'updated' });
      await server.stop();
    },
    PATIENCE,
  );

  it(
    'before the vendor answers it: nothing is on record and nothing was sent',
    async () => {
      const server = await startStdioServer({ config: { policy: ALLOW_ALL } });
      server.sandbox.vendors.awork.faults.push({ kind: 'hang', method: 'GET' });
      await killDuring(
        server,
        (agent) => setPosition(agent, 'Killed'),
        () => until(() => server.sandbox.vendors.awork.requests.length > 0),
      );
      expect(await settledLog(server)).toEqual([]);
      expect(putsAt(server.sandbox, 'awork')).toEqual([]);
      await server.stop();
    },
    PATIENCE,
  );
});

describe.concurrent('killed in a burst of 50 updates', () => {
  it.each([3, 20, 35])(
    'after %d writes: every write is on record, and nothing is written twice',
    async (after) => {
      const server = await startStdioServer({
        config: { policy: ALLOW_ALL, limits: { callSeconds: 60, requestSeconds: 20 } },
      });
      const { dayzero } = server.sandbox.vendors;
      const puts = () => putsAt(server.sandbox, 'dayzero');
      const wanted = Array.from({ length: 50 }, (_, i) => ({
        id: idOf('dayzero', people[i % people.length]?.key ?? 'jane'),
        key: `burst_${i}`,
      }));
      await killDuring(
        server,
        (agent) =>
          Promise.all(
            wanted.map(({ id, key }) =>
              agent.call('dayzero_update_user', { user_id: id, set: { props: { [key]: 'x' } } }),
            ),
          ),
        () => until(() => puts().length >= after),
      );
      const sent = puts().length;

      const agent = await server.connect('v1-mute');
      const log = await settledLog(server);
      expect(puts()).toHaveLength(sent);
      const written = log.flatMap(({ outcome, body }) => (outcome === 'updated' ? body.fields : []));
      const kept = wanted.filter(({ id, key }) => Object.hasOwn(Object(dayzero.users.get(id)?.['props']), key));
      expect(written).toHaveLength(kept.length);
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(after, sent) - 1);
      expect(kept).toHaveLength(sent);
      expect(log.every(({ outcome }) => ['updated', 'failed'].includes(outcome))).toBe(true);

      const again = await Promise.all(
        wanted.map(({ id, key }) => agent.call('dayzero_update_user', { user_id: id, set: { props: { [key]: 'x' } } })),
      );
      expect(again.filter(({ is }) => is.outcome === 'unchanged')).toHaveLength(kept.length);
      expect(again.filter(({ is }) => is.outcome === 'updated')).toHaveLength(50 - kept.length);
      for (const { id, key } of wanted) expect(dayzero.users.get(id)?.['props']).toHaveProperty(key);
      await server.stop();
    },
    PATIENCE,
  );
});
