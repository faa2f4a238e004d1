import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordedField } from '../../src/store/log/entry.ts';
import { createProcessId } from '../../src/store/process-id.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import type { Store } from '../../src/store/store.ts';
import { type Running, start, usageOf } from '../client.ts';
import { add, type Row, rowsOf } from '../statistics.ts';
import { FLOOR, floor, ours, SQLITE, type Subject, type Surroundings } from '../subjects/servers.ts';
import type { VendorProcess } from '../subjects/vendor-process.ts';
import { GROWTH_MEMORY, GROWTH_P50 } from '../topics.ts';

const CALLS = 200;

/** Servers on stores of increasing size, called in turns. */
export async function measureHistory(surroundings: Surroundings, sizes: readonly number[]): Promise<Row[]> {
  const folder = join(surroundings.scratch, 'growth');
  mkdirSync(folder);
  const subjects: Subject[] = [];
  const files: Row[] = [];
  for (const [what, fill] of [['changes', addChanges] as const, ['pending approvals', addApprovals] as const]) {
    for (const size of sizes) {
      const path = join(folder, `${what.replace(' ', '-')}-${size}.db`);
      const filled = await fillFile(path, (store) => fill(store, size));
      const short = filled < size ? ` (of ${size.toLocaleString('en')}; stopped after 60 s)` : '';
      const name = `${filled.toLocaleString('en')} ${what}${short}`;
      const value = statSync(path).size / 1_048_576;
      files.push({ topic: 'growth with history, SQLite: the store file', what: name, value, unit: 'MB' });
      subjects.push(ours(surroundings, { store: { path }, name }));
    }
  }
  const smallest = subjects[0]?.name ?? '';
  const { latency, memory, startup, listing } = await callInTurns(subjects, true);
  return [
    ...rowsOf(GROWTH_P50, 'ms', latency, smallest),
    ...rowsOf(GROWTH_MEMORY, 'MB', memory, smallest),
    ...rowsOf('growth with history, SQLite: spawn → tools listed', 'ms', startup, smallest),
    ...rowsOf('growth with history, SQLite: list_changes', 'ms', listing, smallest),
    ...files,
  ];
}

export async function measureConnections(surroundings: Surroundings, counts: readonly number[]): Promise<Row[]> {
  const subjects = counts.map((connections) =>
    ours(surroundings, { store: 'file', connections, name: `${connections} connections` }),
  );
  const { latency, memory, startup } = await callInTurns(subjects);
  const smallest = subjects[0]?.name ?? '';
  return [
    ...rowsOf('growth with connections: p50 of an update', 'ms', latency, smallest),
    ...rowsOf('growth with connections: memory (RSS)', 'MB', memory, smallest),
    ...rowsOf('growth with connections: spawn → tools listed', 'ms', startup, smallest),
  ];
}

/** The floor handles records of the same size, so the ratio is the cost of our pipeline. */
export async function measureSizes(
  surroundings: Surroundings,
  vendor: VendorProcess,
  sizes: readonly number[],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const bytes of sizes) {
    await vendor.padRecords(bytes);
    const topic = `records of ${bytes >= 1_000_000 ? `${bytes / 1_000_000} MB` : `${bytes / 1000} KB`}: p50 of an update`;
    const subjects = [floor(surroundings), ours(surroundings, { store: 'file' })];
    const { latency } = await callInTurns(subjects, false, bytes > 100_000 ? 40 : CALLS);
    rows.push(...rowsOf(topic, 'ms', latency, FLOOR).filter(({ what }) => what === FLOOR || what === SQLITE));
  }
  await vendor.padRecords(0);
  return rows;
}

async function callInTurns(subjects: readonly Subject[], lists = false, calls = CALLS) {
  const latency = new Map<string, number[]>();
  const memory = new Map<string, number[]>();
  const startup = new Map<string, number[]>();
  const listing = new Map<string, number[]>();
  for (let round = 0; round < 5; round++) {
    for (const { name, command } of subjects) {
      const running = await start(command);
      if (round > 0) add(startup, name, running.startMs);
      await running.stop();
    }
  }
  const all: { subject: Subject; running: Running }[] = [];
  for (const subject of subjects) all.push({ subject, running: await start(subject.command) });
  let nth = 0;
  for (let done = -20; done < calls; done += 20) {
    for (const { subject, running } of all) {
      for (let at = 0; at < 20; at++) {
        const began = performance.now();
        const answer = await running.call(subject.update(`person-${at}`, nth++));
        if (!subject.isDone(answer)) throw new Error(`${subject.name}: ${JSON.stringify(answer).slice(0, 300)}`);
        if (done >= 0) add(latency, subject.name, performance.now() - began);
      }
      if (!lists) continue;
      const began = performance.now();
      await running.call({ name: 'list_changes', arguments: {} });
      add(listing, subject.name, performance.now() - began);
    }
  }
  for (const { subject, running } of all) {
    const used = usageOf(running.pid);
    if (used) add(memory, subject.name, used.rssMb);
    await running.stop();
  }
  return { latency, memory, startup, listing };
}

/** Fills the store in a memory-backed file system if there is one: the time to fill it is not measured. */
export async function fillFile(path: string, fill: (store: Store) => Promise<number>): Promise<number> {
  const folder = mkdtempSync(existsSync('/dev/shm') ? '/dev/shm/update-user-bench-' : `${path}-`);
  try {
    const store = await openSqliteStore(join(folder, 'filling.db'), createProcessId());
    const filled = await fill(store);
    await store.stop();
    copyFileSync(join(folder, 'filling.db'), path);
    return filled;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const FILL_MS = 60_000;

/** Runs in batches, so that many calls share one commit. Returns how many were made in time. */
async function inBatches(count: number, make: (nth: number) => Promise<unknown>): Promise<number> {
  const until = performance.now() + FILL_MS;
  for (let from = 0; from < count; from += 1000) {
    if (performance.now() > until) return from;
    const batch = Array.from({ length: Math.min(1000, count - from) }, (_, at) => make(from + at));
    await Promise.all(batch);
  }
  return count;
}

async function addChanges(store: Store, count: number): Promise<number> {
  const sealed = new Uint8Array(300);
  const expiresAt = Date.now() + 1e9;
  const field = { field: 'position', effect: 'ordinary', before: 'Engineer', after: 'Staff Engineer' };
  const fields = [field as RecordedField]; // as if redacted for the audit log
  const body = { tool: 'awork_update_user', caller: 'local', verdict: 'allow', rule: 'rules[0]', fields };
  const nameOf = (nth: number) => ({ provider: 'awork', connection: 'awork-1', userId: `earlier-${nth}` });
  const opened = await inBatches(count, (nth) => {
    const entry = { ...nameOf(nth), changeId: `change-${nth}`, outcome: 'unverified', body };
    return store.open({ entry, since: 0, beforeImage: { sealed, expiresAt } });
  });
  return await inBatches(opened, (nth) => store.close(`change-${nth}`, 'updated', body));
}

async function addApprovals(store: Store, count: number): Promise<number> {
  const view = new Uint8Array(400);
  const expiresAt = Date.now() + 1e9;
  return await inBatches(count, (nth) =>
    store.approvals.request(
      {
        id: `approval-${nth}`,
        digest: `digest-${nth}`,
        requestKey: `request-${nth}`,
        provider: 'awork',
        connection: 'awork-1',
        userId: `earlier-${nth}`,
        // A caller may have at most 100 pending approvals.
        caller: `caller-${Math.floor(nth / 100)}`,
        expiresAt,
        needed: 1,
        view,
      },
      { tool: 'awork_update_user', caller: 'local', fields: [] },
    ),
  );
}
