import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/sandbox/index.ts';
import { idOf, people } from '../../../src/sandbox/people.ts';
import type { ListedChange } from '../../../src/store/log/entry.ts';
import { verifyChain } from '../../../src/store/log/hash-chain.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import { ALLOW_ALL, putsAt } from '../../support/pipeline/pipeline.ts';
import { type Agent, type StdioServer, startTestServer } from '../../support/program/stdio-server.ts';
import { allArrived } from '../../support/vendors/arrived.ts';

/** `kill -9` at every kind of moment, then a start on the same store. */

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
  throw new Error('timed out');
}

/** The audit log once a start has closed every open entry. Checks its chain. */
async function recoveredLog(server: StdioServer): Promise<ListedChange[]> {
  const store = await openSqliteStore(server.storePath, createProcessId());
  try {
    await until(async () => (await store.list({ limit: 1000 })).every(({ open }) => !open));
    const head = await store.head();
    expect(await verifyChain(store.entries(), head)).toMatchObject({ ok: true });
    return await store.list({ limit: 1000 });
  } finally {
    await store.stop();
  }
}

/** When the first entry was written, in ms since 1970. */
async function firstOpened(server: StdioServer): Promise<number> {
  const store = await openSqliteStore(server.storePath, createProcessId());
  try {
    for await (const { at } of store.entries()) return Date.parse(at);
    throw new Error('the audit log is empty');
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
  /** What the record shows once the program is dead, where it differs. */
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
  'overtaken by another client': {
    fault: { kind: 'hang' },
    later: 'Theirs',
    outcome: 'unverified',
    position: 'Theirs',
  },
};

describe.concurrent('killed while a write is', () => {
  it.for(Object.entries(crashes))(
    '%s: the next start records its outcome, and sends nothing again',
    { timeout: PATIENCE },
    async ([, { fault, later, outcome, position }], context) => {
      const server = await startTestServer({ config: { policy: ALLOW_ALL } }, context);
      const vendor = server.sandbox.vendors.awork;
      vendor.faults.push({ ...fault, method: 'PUT' });
      await killDuring(
        server,
        (agent) => setPosition(agent, 'Killed'),
        () => until(() => putsAt(server.sandbox, 'awork').length === 1),
      );
      if (later !== undefined) put(server, later);

      const agent = await server.connect('v1-mute');
      const [entry, ...others] = await recoveredLog(server);
      expect(others).toEqual([]);
      expect(entry).toMatchObject({ kind: 'closed', outcome, userId: jane, provider: 'awork' });
      expect(entry?.body.message).toContain('interrupted');
      expect(held(server)).toBe(position);
      expect(putsAt(server.sandbox, 'awork')).toHaveLength(1);
      // Recovery waits 3 s for a write that may still be on its way; a little less allows for clock skew.
      const [, , look] = vendor.requests;
      expect((look?.at ?? 0) - (await firstOpened(server))).toBeGreaterThan(2950);

      expect((await setPosition(agent, 'Afterwards')).is).toMatchObject({ outcome: 'updated' });
      expect(held(server)).toBe('Afterwards');
      expect((await recoveredLog(server)).map((row) => row.outcome)).toEqual(['updated', outcome]);
    },
  );
});

describe.concurrent('started again', () => {
  it(
    'and called for the same user at once: recovers the open entry first, then writes',
    async (context) => {
      const server = await startTestServer({ config: { policy: ALLOW_ALL } }, context);
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
      expect((await recoveredLog(server)).map((row) => row.outcome)).toEqual(['updated', 'updated']);
      expect(putsAt(server.sandbox, 'awork')).toHaveLength(2);
    },
    PATIENCE,
  );
});

describe.concurrent('killed around the read', () => {
  it.for([0, 1, 2, 4, 8, 16])(
    '%d ms after it: the audit log says what happened',
    { timeout: PATIENCE },
    async (ms, context) => {
      const server = await startTestServer({ config: { policy: ALLOW_ALL } }, context);
      await killDuring(
        server,
        (agent) => setPosition(agent, 'Killed'),
        () => until(() => server.sandbox.vendors.awork.requests.length > 0).then(() => sleep(ms)),
      );
      const sent = putsAt(server.sandbox, 'awork').length;
      const agent = await server.connect('v1-mute');
      const log = await recoveredLog(server);
      expect(sent).toBeLessThanOrEqual(1);
      expect(putsAt(server.sandbox, 'awork')).toHaveLength(sent);
      if (sent > 0) expect(log.map(({ outcome }) => outcome)).toEqual(['updated']);
      else expect(log.filter(({ outcome }) => outcome !== 'failed')).toEqual([]);
      expect(held(server)).toBe(sent > 0 ? 'Killed' : 'Product Manager');
      expect((await setPosition(agent, 'Afterwards')).is).toMatchObject({ outcome: 'updated' });
    },
  );

  it(
    'before the vendor responds: no entry, and nothing was sent',
    async (context) => {
      const server = await startTestServer({ config: { policy: ALLOW_ALL } }, context);
      server.sandbox.vendors.awork.faults.push({ kind: 'hang', method: 'GET' });
      await killDuring(
        server,
        (agent) => setPosition(agent, 'Killed'),
        () => until(() => server.sandbox.vendors.awork.requests.length > 0),
      );
      expect(await recoveredLog(server)).toEqual([]);
      expect(putsAt(server.sandbox, 'awork')).toEqual([]);
    },
    PATIENCE,
  );
});

describe.concurrent('killed in a burst of 50 updates', () => {
  it.for([3, 20, 35])(
    'after %d writes: every write has an entry, and nothing is written twice',
    { timeout: PATIENCE },
    async (after, context) => {
      const limits = { callSeconds: 60, requestSeconds: 20 };
      const server = await startTestServer({ config: { policy: ALLOW_ALL, limits } }, context);
      const { dayzero } = server.sandbox.vendors;
      const puts = () => putsAt(server.sandbox, 'dayzero');
      const updates = Array.from({ length: 50 }, (_, i) => ({
        id: idOf('dayzero', people[i % people.length]?.key ?? 'jane'),
        key: `burst_${i}`,
      }));
      await killDuring(
        server,
        (agent) =>
          Promise.all(
            updates.map(({ id, key }) =>
              agent.call('dayzero_update_user', { user_id: id, set: { props: { [key]: 'x' } } }),
            ),
          ),
        () => until(() => puts().length >= after),
      );
      const sent = puts().length;

      const agent = await server.connect('v1-mute');
      const log = await recoveredLog(server);
      expect(puts()).toHaveLength(sent);
      const written = log.flatMap(({ outcome, body }) => (outcome === 'updated' ? body.fields : []));
      const kept = updates.filter(({ id, key }) => Object.hasOwn(Object(dayzero.users.get(id)?.['props']), key));
      expect(written).toHaveLength(kept.length);
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(after, sent) - 1);
      expect(kept).toHaveLength(sent);
      expect(log.every(({ outcome }) => ['updated', 'failed'].includes(outcome))).toBe(true);

      const again = await Promise.all(
        updates.map(({ id, key }) =>
          agent.call('dayzero_update_user', { user_id: id, set: { props: { [key]: 'x' } } }),
        ),
      );
      expect(again.filter(({ is }) => is.outcome === 'unchanged')).toHaveLength(kept.length);
      expect(again.filter(({ is }) => is.outcome === 'updated')).toHaveLength(50 - kept.length);
      for (const { id, key } of updates) expect(dayzero.users.get(id)?.['props']).toHaveProperty(key);
    },
  );
});
