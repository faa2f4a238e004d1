import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, describe, expect, it, onTestFailed, onTestFinished } from 'vitest';
import type { RecordedRequest, Vendor } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { verifyChain } from '../../../src/store/log/hash-chain.ts';
import { openPostgresStore } from '../../../src/store/postgres/store.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import type { Store } from '../../../src/store/store.ts';
import { registerApprover, signInAt } from '../../support/approvals/signed-in-approver.ts';
import { type HttpProgram, startHttpProgram } from '../../support/http/program.ts';
import { connectTo, type HttpAgent } from '../../support/http/server.ts';
import { ALLOW_ALL } from '../../support/pipeline/pipeline.ts';
import { type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';
import { TOKENS, withTokens } from '../../support/program/transports.ts';
import { findServer } from '../../support/store/postgres.ts';
import { allArrived } from '../../support/vendors/arrived.ts';

/** Two HTTP servers, each a process of its own, on one PostgreSQL, for which neither is more than one of two. */

const PATIENCE = 240_000;
const LIMITS = { callSeconds: 60, requestSeconds: 20 };
const server = await findServer('two servers on one database');
afterAll(() => server?.stop());

describe.runIf(server)('two HTTP servers on one PostgreSQL', () => {
  it(
    'carry out each of 200 approvals given at one of them exactly once, though both are called for all',
    async () => {
      const servers = await startServerPair({
        policy: { rules: [{ field: '*', decision: 'approve' }] },
        limits: LIMITS,
      });
      const { people, agents, programs } = servers;
      const [first, second] = agents;
      const call = (agent: HttpAgent | undefined, id: string) =>
        agent?.call('mediasilo_update_user', { user_id: id, set: { company: `For ${id}` } });
      const approver = await signInAt(programs[0]?.url ?? '');
      // No more than 100 requests of one caller may wait at a time.
      const links = await inLanes(people, 8, async (id) => {
        const answer = await call(first, id);
        expect(answer?.is.outcome, answer?.text).toBe('needs_approval');
        const { url } = answer?.is['approval'] as { url: string };
        expect((await approver.press(url, 'approve')).status).toBe(303);
        return url;
      });
      expect(new Set(links).size).toBe(200);
      expect(servers.puts()).toEqual(new Map());

      const outcomes = await inLanes(people, 6, async (id) => {
        const answers = await Promise.all([call(first, id), call(second, id)]);
        return answers.map((answer) => answer?.is.outcome ?? 'none').sort();
      });
      expect(new Map(people.map((id) => [id, 1]))).toEqual(servers.puts());
      expect(outcomes.filter((pair) => pair.includes('updated'))).toHaveLength(200);
      expect(outcomes.flat().filter((outcome) => outcome === 'updated')).toHaveLength(200);
      // The second call finds the record changed already, or the approval consumed.
      for (const pair of outcomes)
        expect(['unchanged', 'needs_approval']).toContain(pair[0] === 'updated' ? pair[1] : pair[0]);
      for (const id of people) expect(servers.company(id)).toBe(`For ${id}`);
      const log = await servers.closedLog();
      expect(log.filter(({ outcome }) => outcome === 'updated')).toHaveLength(200);
      expect(new Set(log.map(({ changeId }) => changeId)).size).toBe(log.length);
    },
    PATIENCE,
  );

  it(
    'lose nothing when one is killed during its writes: the other goes on, and a start recovers the rest',
    async () => {
      const servers = await startServerPair({ policy: ALLOW_ALL, limits: { ...LIMITS, concurrentWrites: 10 } });
      const { sandbox } = servers.stdio;
      const people = servers.people.slice(0, 60);
      // Every second person is the second server's, whose writes are carried out once it is dead.
      const isSeconds = (id: string) => people.indexOf(id) % 2 === 0;
      const run = async (_: Vendor, { path }: RecordedRequest) =>
        isSeconds(userIn(path)) ? void (await servers.programs[1]?.exit) : await sleep(400);
      sandbox.vendors.mediasilo.faults.push({ kind: 'run', method: 'PUT', times: 60, run });
      const [first, second] = servers.agents;
      const answered = new Map<string, string>();
      const working = Promise.allSettled(
        people.map(async (id) => {
          const agent = isSeconds(id) ? second : first;
          const answer = await agent?.call('mediasilo_update_user', { user_id: id, set: { company: `For ${id}` } });
          answered.set(id, String(answer?.is.outcome));
        }),
      );
      while (people.filter((id) => isSeconds(id) && servers.puts().has(id)).length < 5) await sleep(5);
      servers.programs[1]?.process.kill('SIGKILL');
      await second?.close().catch(() => {});
      await working;
      await servers.programs[1]?.exit;
      await allArrived(sandbox);

      // Half of the open changes are called again at the survivor at once, which has to recover them first.
      const sent = servers.puts();
      const open = (await servers.entries()).filter((entry) => entry.open).map(({ userId }) => userId);
      expect(open.length).toBeGreaterThan(0);
      const again = open.filter((_, index) => index % 2 === 0);
      await Promise.all(
        again.map(async (id) => {
          const answer = await first?.call('mediasilo_update_user', { user_id: id, set: { company: `For ${id}` } });
          expect(['unchanged', 'updated'], answer?.text).toContain(answer?.is.outcome);
        }),
      );
      await servers.start(1);
      const log = await servers.closedLog();

      for (const [id, outcome] of answered) if (outcome === 'updated') expect(servers.company(id)).toBe(`For ${id}`);
      for (const id of people) {
        const entries = log.filter(({ userId }) => userId === id);
        const written = entries.filter(({ outcome }) => outcome === 'updated');
        const puts = servers.puts().get(id) ?? 0;
        expect(servers.company(id) === `For ${id}`, id).toBe(written.length > 0);
        expect(written.length, id).toBeLessThanOrEqual(1);
        expect(puts, id).toBeLessThanOrEqual(entries.filter(({ kind }) => kind === 'closed').length);
        if ((sent.get(id) ?? 0) > 0) expect(entries.length, id).toBeGreaterThan(0);
        if (!again.includes(id)) expect(puts, id).toBe(sent.get(id) ?? 0); // nothing is sent again by itself
      }
    },
    PATIENCE,
  );
});

interface ServerPair {
  stdio: StdioServer;
  people: string[];
  programs: HttpProgram[];
  agents: HttpAgent[];
  start(index: number): Promise<void>;
  company(id: string): unknown;
  /** How many writes arrived, by person. */
  puts(): Map<string, number>;
  entries(): ReturnType<Store['list']>;
  /** The audit log once no entry is open. Checks its chain. */
  closedLog(): ReturnType<Store['list']>;
}

/** A database of its own, two servers on it with one key, an agent at each, and 200 people at MediaSilo. */
async function startServerPair(config: Record<string, unknown>): Promise<ServerPair> {
  const admin = postgres(server?.url ?? '', { max: 1, onnotice: () => {} });
  const name = `two_servers_${randomBytes(6).toString('hex')}`;
  await admin.unsafe(`CREATE DATABASE ${name}`);
  const url = new URL(server?.url ?? '');
  url.pathname = `/${name}`;
  const env = { UPDATE_USER_STORE: url.href, UPDATE_USER_KEY: randomBytes(32).toString('hex') };
  const stdio = await startStdioServer({ config: withTokens(config), env });
  const { mediasilo } = stdio.sandbox.vendors;
  const jane = mediasilo.users.get(idOf('mediasilo', 'jane')) ?? {};
  const people = Array.from(
    { length: 200 },
    (_, index) => `a7c1e2d4-0b3f-4f5e-8d6c-${String(index).padStart(12, '0')}`,
  );
  for (const [index, id] of people.entries()) {
    const own = { id, numericId: 900_000 + index, userName: `person${index}`, email: `person${index}@acme.example` };
    mediasilo.users.set(id, { ...structuredClone(jane), ...own });
  }
  await registerApprover(stdio.env);
  const store = await openPostgresStore(url.href, createProcessId());
  const programs: HttpProgram[] = [];
  onTestFailed(() => {
    for (const { stderr } of programs) process.stderr.write(`…${stderr().slice(-3000)}\n`);
  });
  const agents: HttpAgent[] = [];
  const servers: ServerPair = {
    stdio,
    people,
    programs,
    agents,
    async start(index) {
      const program = await startHttpProgram(stdio.env);
      programs[index] = program;
      agents[index] = await connectTo(`${program.url}/mcp`, 'v2-modern-mute', { token: TOKENS.agent });
    },
    company: (id) => mediasilo.users.get(id)?.['company'],
    puts() {
      const counts = new Map<string, number>();
      for (const { method, path } of mediasilo.requests) {
        const id = userIn(path);
        if (method === 'PUT') counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      return counts;
    },
    entries: () => store.list({ limit: 1000 }),
    async closedLog() {
      for (const end = Date.now() + 40_000; Date.now() < end; await sleep(50)) {
        const entries = await servers.entries();
        if (entries.some(({ open }) => open)) continue;
        expect(await verifyChain(store.entries(), await store.head())).toMatchObject({ ok: true });
        return entries;
      }
      throw new Error('an entry stayed open');
    },
  };
  const stop = async () => {
    await Promise.allSettled(agents.map((agent) => agent.close()));
    for (const { process: child, exit } of programs) {
      child.kill('SIGKILL');
      await exit;
    }
    await store.stop();
    await stdio.stop();
    await admin.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.end();
  };
  onTestFinished(stop);
  await Promise.all([servers.start(0), servers.start(1)]);
  return servers;
}

const userIn = (path: string) => path.split('/').at(-1) ?? '';

/** Works on all items, so many at a time. */
async function inLanes<T, R>(items: readonly T[], lanes: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = [...items.entries()];
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
