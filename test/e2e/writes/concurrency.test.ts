import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Fault, Vendor } from '../../../src/sandbox/index.ts';
import { idOf, people } from '../../../src/sandbox/people.ts';
import { verifyChain } from '../../../src/store/log/hash-chain.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import { ALLOW_ALL, connectionNamed, putsAt } from '../../support/pipeline/pipeline.ts';
import { startTestServer } from '../../support/program/stdio-server.ts';

const PATIENCE = 120_000;
const limits = { callSeconds: 60, requestSeconds: 20 };

/** Counts the writes in flight at a vendor. Holds each for a while, and the first until `together` have arrived. */
function watchWrites(vendor: Vendor, holdMs: number, together = 1) {
  const count = { now: 0, most: 0 };
  const hold: Fault = {
    kind: 'run',
    method: 'PUT',
    times: 999,
    async run() {
      count.most = Math.max(count.most, ++count.now);
      while (count.most < together) await sleep(5, undefined, { ref: false });
      await sleep(holdMs);
      count.now--;
    },
  };
  vendor.faults.push(hold);
  return count;
}

describe('two programs on one store', () => {
  it(
    'keep both changes when they update different fields of one user at once, twenty times',
    async () => {
      const server = await startTestServer({ config: { policy: ALLOW_ALL, limits } });
      const user_id = idOf('awork', 'jane');
      const [one, two] = [await server.connect('v1-mute'), await server.connect('v1-mute')];
      for (let round = 0; round < 20; round++) {
        const answers = await Promise.all([
          one.call('awork_update_user', { user_id, set: { position: `position ${round}` } }),
          two.call('awork_update_user', { user_id, set: { title: `title ${round}` } }),
        ]);
        expect(answers.map(({ is }) => is.outcome)).toEqual(['updated', 'updated']);
        for (const { is } of answers) expect(is).not.toHaveProperty('collateral');
        const record = server.sandbox.vendors.awork.users.get(user_id);
        expect(record).toMatchObject({ position: `position ${round}`, title: `title ${round}`, lastName: 'Doe' });
      }
      expect(putsAt(server.sandbox, 'awork')).toHaveLength(40);
      const store = await openSqliteStore(server.storePath, createProcessId());
      expect(await verifyChain(store.entries(), await store.head())).toEqual({ ok: true, rows: 80 });
      await store.stop();
    },
    PATIENCE,
  );

  it(
    'never write one person at the same time',
    async () => {
      const server = await startTestServer({ config: { policy: ALLOW_ALL, limits } });
      const user_id = idOf('dayzero', 'jane');
      const count = watchWrites(server.sandbox.vendors.dayzero, 20);
      const agents = [await server.connect('v1-mute'), await server.connect('v1-mute')];
      const answers = await Promise.all(
        agents.flatMap((agent, a) =>
          Array.from({ length: 5 }, (_, i) =>
            agent.call('dayzero_update_user', { user_id, set: { props: { [`key_${a}_${i}`]: i + 1 } } }),
          ),
        ),
      );
      expect(answers.map(({ is }) => is.outcome)).toEqual(Array(10).fill('updated'));
      expect(count.most).toBe(1);
      const props = server.sandbox.vendors.dayzero.users.get(user_id)?.['props'];
      expect(Object.keys(Object(props)).filter((key) => key.startsWith('key_'))).toHaveLength(10);
    },
    PATIENCE,
  );
});

describe('one program', () => {
  it(
    'makes twenty concurrent updates of one user one after the other, and loses none',
    async () => {
      const server = await startTestServer({ config: { policy: ALLOW_ALL, limits } });
      const user_id = idOf('dayzero', 'jane');
      const count = watchWrites(server.sandbox.vendors.dayzero, 5);
      const agent = await server.connect('v2-modern');
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          agent.call('dayzero_update_user', { user_id, set: { props: { [`key_${i}`]: i + 1 } } }),
        ),
      );
      expect(answers.map(({ is }) => is.outcome)).toEqual(Array(20).fill('updated'));
      expect(count.most).toBe(1);
      const props = Object(server.sandbox.vendors.dayzero.users.get(user_id)?.['props']);
      for (let i = 0; i < 20; i++) expect(props[`key_${i}`]).toBe(i + 1);
      expect(props).toMatchObject({ theme: 'dark', newsletter: true });
    },
    PATIENCE,
  );

  it(
    'makes updates of one user one after the other also over two connections to one account',
    async () => {
      const connections = connectionNamed('second', 'awork');
      const server = await startTestServer({ config: { policy: ALLOW_ALL, connections, limits } });
      const user_id = idOf('awork', 'jane');
      const count = watchWrites(server.sandbox.vendors.awork, 5);
      const agent = await server.connect('v2-modern');
      const update = (connection: string, set: object) => agent.call('awork_update_user', { connection, user_id, set });
      for (let round = 0; round < 5; round++) {
        const answers = await Promise.all([
          update('awork', { position: `position ${round}` }),
          update('second', { title: `title ${round}` }),
        ]);
        expect(answers.map(({ is }) => is.outcome)).toEqual(['updated', 'updated']);
        const record = server.sandbox.vendors.awork.users.get(user_id);
        expect(record).toMatchObject({ position: `position ${round}`, title: `title ${round}` });
      }
      expect(count.most).toBe(1);
    },
    PATIENCE,
  );

  it(
    'updates eight people at once, each as asked',
    async () => {
      const server = await startTestServer({ config: { policy: ALLOW_ALL, limits } });
      const agent = await server.connect('v1-mute');
      const count = watchWrites(server.sandbox.vendors.awork, 100, 2);
      const answers = await Promise.all(
        people.map(({ key }) =>
          agent.call('awork_update_user', { user_id: idOf('awork', key), set: { position: `job of ${key}` } }),
        ),
      );
      expect(answers.map(({ is }) => is.outcome)).toEqual(Array(8).fill('updated'));
      for (const { key } of people)
        expect(server.sandbox.vendors.awork.users.get(idOf('awork', key))?.['position']).toBe(`job of ${key}`);
      expect(count.most).toBeGreaterThan(1);
      expect(count.most).toBeLessThanOrEqual(5);
    },
    PATIENCE,
  );

  it.each([1, 3])(
    'never has more than %d writes in flight at a vendor with concurrentWrites',
    async (concurrentWrites) => {
      const server = await startTestServer({ config: { policy: ALLOW_ALL, limits: { ...limits, concurrentWrites } } });
      const agent = await server.connect('v1-mute');
      const count = watchWrites(server.sandbox.vendors.mediasilo, 60, concurrentWrites);
      const answers = await Promise.all(
        people.map(({ key }) =>
          agent.call('mediasilo_update_user', { user_id: idOf('mediasilo', key), set: { company: `of ${key}` } }),
        ),
      );
      expect(answers.map(({ is }) => is.outcome)).toEqual(Array(8).fill('updated'));
      expect(count.most).toBe(concurrentWrites);
    },
    PATIENCE,
  );

  it(
    'asks again when the record moved during the question, and writes what was agreed to',
    async () => {
      const server = await startTestServer();
      const user_id = idOf('awork', 'jane');
      const questions: string[] = [];
      const agent = await server.connect('v1-form', (form) => {
        questions.push(form.message);
        const record = server.sandbox.vendors.awork.users.get(user_id);
        if (questions.length === 1 && record) Object.assign(record, { position: 'Theirs', resourceVersion: 1 });
        return { action: 'accept', content: { confirm: 'Yes, make this change' } };
      });
      const { is } = await agent.call('awork_update_user', { user_id, set: { position: 'Mine' } });
      expect(is).toMatchObject({ outcome: 'updated', changes: [{ before: 'Theirs', after: 'Mine' }] });
      expect(questions).toHaveLength(2);
      expect(questions[1]).toContain('"Theirs" → "Mine"');
      expect(putsAt(server.sandbox, 'awork')).toHaveLength(1);
    },
    PATIENCE,
  );
});
