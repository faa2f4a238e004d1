import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { searchKeys, toEmailKeys } from '../../src/audit/email-key.ts';
import { type ChangeQuery, searchChanges } from '../../src/audit/search.ts';
import type { RecordedField } from '../../src/store/log/entry.ts';
import { openPostgresStore } from '../../src/store/postgres/store.ts';
import { createProcessId } from '../../src/store/process-id.ts';
import { createSeal } from '../../src/store/seal.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import type { Store } from '../../src/store/store.ts';
import { add, type Row, rowsOf } from '../statistics.ts';
import type { Surroundings } from '../subjects/servers.ts';
import { AUDIT_COMMAND, AUDIT_QUERY } from '../topics.ts';
import { fillFile } from './growth.ts';
import { measurePages } from './history-page.ts';

/** What searching the audit log costs with a short log and with a long one. */

/** Changes of one person, whatever the length of the log. */
const CHANGES_EACH = 10;
const KEY = 'ab'.repeat(32);
const seal = createSeal(Buffer.from(KEY, 'hex'));

interface Place {
  name: string;
  /** What `UPDATE_USER_STORE` has to be. */
  setting: string;
  open(): Promise<Store>;
  remove(): Promise<void>;
}

export async function measureAudit(
  surroundings: Surroundings,
  sizes: readonly number[],
  rounds: number,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const makePlace of [sqlitePlace, postgresPlace]) {
    const places: { size: number; place: Place }[] = [];
    for (const size of sizes) {
      const place = await makePlace(surroundings, size);
      if (place) places.push({ size, place });
    }
    try {
      rows.push(
        ...(await measureQueries(places, 40 * rounds)),
        ...(await measureCommands(places, surroundings, rounds)),
        ...(await measurePages(
          places.map(({ size, place }) => ({ name: nameOf(size), setting: place.setting, userId: middleOf(size) })),
          { database: places[0]?.place.name ?? '', key: KEY, rounds: 100 * rounds },
        )),
      );
    } finally {
      for (const { place } of places) await place.remove();
    }
  }
  return rows;
}

/** The person in the middle of the log: neither the first nor the last that is read. */
function middleOf(size: number): string {
  return `person-${Math.floor(size / CHANGES_EACH / 2)}`;
}

function emailOf(userId: string): string {
  return `${userId}@acme.example`;
}

async function measureQueries(places: readonly { size: number; place: Place }[], rounds: number): Promise<Row[]> {
  const samples = new Map<string, Map<string, number[]>>();
  const opened = [];
  for (const { size, place } of places) opened.push({ size, place, store: await place.open() });
  for (let round = -2; round < rounds; round++) {
    for (const { size, place, store } of opened) {
      const userId = middleOf(size);
      const emailKeys = searchKeys(emailOf(userId), seal.hmacs);
      const since = new Date(Date.now() - 30 * 86_400_000).toISOString();
      const queries: Record<string, ChangeQuery> = {
        'the first page': {},
        'a user id': { person: { users: [{ userId }] } },
        'an e-mail address': { person: { users: [], emailKeys } },
        'an e-mail address, a field, 30 days': { person: { users: [], emailKeys }, field: '*.position', since },
        'an outcome that is rare': { outcome: 'failed' },
      };
      for (const [what, query] of Object.entries(queries)) {
        const began = performance.now();
        const { changes } = await searchChanges(store, query, { limit: 20 });
        const ms = performance.now() - began;
        if (changes.length === 0) throw new Error(`${what} found nothing among ${size}`);
        const topic = `${AUDIT_QUERY}, ${place.name}: ${what}`;
        const held = samples.get(topic) ?? new Map<string, number[]>();
        samples.set(topic, held);
        if (round >= 0) add(held, nameOf(size), ms);
      }
    }
  }
  for (const { store } of opened) await store.stop();
  return [...samples].flatMap(([topic, held]) => rowsOf(topic, 'ms', held, nameOf(places[0]?.size ?? 0)));
}

/** Taken in turns, since a machine is faster in one minute than in another. */
async function measureCommands(
  places: readonly { size: number; place: Place }[],
  { program, scratch }: Surroundings,
  rounds: number,
): Promise<Row[]> {
  const samples = new Map<string, Map<string, number[]>>();
  for (let round = -1; round < 5 * rounds; round++) {
    for (const { size, place } of places) {
      const userId = middleOf(size);
      const commands = {
        'changes list': [],
        'changes list --user ID': ['--user', userId],
        'changes list --user EMAIL': ['--user', emailOf(userId)],
      };
      const env = { PATH: process.env['PATH'], HOME: scratch, UPDATE_USER_STORE: place.setting, UPDATE_USER_KEY: KEY };
      for (const [what, args] of Object.entries(commands)) {
        const began = performance.now();
        const { stdout } = await promisify(execFile)(process.execPath, [program, 'changes', 'list', ...args], { env });
        const ms = performance.now() - began;
        if (!stdout.includes('updated')) throw new Error(`${what} found nothing among ${size}: ${stdout}`);
        const topic = `${AUDIT_COMMAND}, ${place.name}: ${what}`;
        const held = samples.get(topic) ?? new Map<string, number[]>();
        samples.set(topic, held);
        if (round >= 0) add(held, nameOf(size), ms);
      }
    }
  }
  return [...samples].flatMap(([topic, held]) => rowsOf(topic, 'ms', held, nameOf(places[0]?.size ?? 0)));
}

function nameOf(size: number): string {
  return `${size.toLocaleString('en')} changes`;
}

async function sqlitePlace({ scratch }: Surroundings, size: number): Promise<Place> {
  const folder = join(scratch, 'audit');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `changes-${size}.db`);
  await fillFile(path, (store) => addAttempts(store, size));
  const open = () => openSqliteStore(path, createProcessId(), { mac: seal.mac });
  return { name: 'SQLite', setting: path, open, remove: async () => {} };
}

/** A schema of its own per size, where `BENCH_DATABASE_URL` names a database. */
async function postgresPlace(_: Surroundings, size: number): Promise<Place | undefined> {
  const url = process.env['BENCH_DATABASE_URL'];
  if (url === undefined) return undefined;
  const name = `bench_${process.pid}_${size}`;
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  // The program has one schema for each database.
  await sql.unsafe(`CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE template0`);
  const setting = Object.assign(new URL(url), { pathname: `/${name}` }).href;
  const open = () => openPostgresStore(setting, createProcessId(), { mac: seal.mac });
  const store = await open();
  await addAttempts(store, size);
  await store.stop();
  const own = postgres(setting, { max: 1 });
  await own`VACUUM ANALYZE`;
  await own.end();
  const remove = async () => {
    await sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`);
    await sql.end();
  };
  return { name: 'PostgreSQL', setting, open, remove };
}

async function addAttempts(store: Store, count: number): Promise<number> {
  const field = { field: 'position', effect: 'ordinary', before: 'Engineer', after: 'Staff Engineer' };
  const fields = [field as RecordedField]; // as if redacted for the audit log
  const attempt = (nth: number) => {
    const userId = `person-${Math.floor(nth / CHANGES_EACH)}`;
    const emailKeys = toEmailKeys([emailOf(userId)], seal.hmac);
    const body = { tool: 'awork_update_user', caller: 'local', verdict: 'allow', rule: 'rules[0]', fields, emailKeys };
    const outcome = nth % 100 === 7 ? 'failed' : 'updated';
    return store.attempt({ provider: 'awork', connection: 'awork', userId, changeId: `change-${nth}`, outcome, body });
  };
  // Many calls share one commit.
  for (let from = 0; from < count; from += 1000) {
    await Promise.all(Array.from({ length: Math.min(1000, count - from) }, (_, at) => attempt(from + at)));
  }
  return count;
}
