import { chmod, chown, copyFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createProcessId } from '../../../src/store/process-id.ts';
import { runNow } from '../../../src/store/sql/dialect.ts';
import { listChanges } from '../../../src/store/sql/list.ts';
import { createQuery, sqliteDialect } from '../../../src/store/sqlite/dialect.ts';
import { openDatabase, type SqliteDatabase } from '../../../src/store/sqlite/driver.ts';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import type { ChangeFilter } from '../../../src/store/store.ts';
import { storeFiles } from '../../support/store/files.ts';
import { body, entry, intent } from '../../support/store/samples.ts';
import { createSqlitePlace } from '../../support/store/sqlite.ts';
import { testForgery } from '../contract/forgery.ts';
import { testStore } from '../contract/store.ts';

testStore('sqlite', createSqlitePlace);
testForgery('sqlite', createSqlitePlace, ({ file }) => ({
  run: async (sql) => raw((db) => db.exec(`PRAGMA busy_timeout = 10000; ${sql}`), file),
  columns: async (table) =>
    raw((db) => {
      const kinds = { TEXT: 'text', INTEGER: 'number', BLOB: 'bytes' } as const;
      const rows = db.prepare(`SELECT name, type FROM pragma_table_info('${table}')`).all();
      return (rows as { name: string; type: keyof typeof kinds }[]).map(({ name, type }) => ({
        name,
        kind: kinds[type],
      }));
    }, file),
}));

let place: Awaited<ReturnType<typeof createSqlitePlace>>;
beforeEach(async () => {
  place = await createSqlitePlace();
});
afterEach(() => place.remove());

async function raw<T>(use: (db: SqliteDatabase) => T | Promise<T>, file = place.file): Promise<T> {
  const db = await openDatabase(file);
  try {
    return await use(db);
  } finally {
    db.close();
  }
}

describe('the file', () => {
  it('keeps everything over a restart', async () => {
    const first = await place.open(createProcessId());
    const beforeImage = { sealed: Uint8Array.of(1, 2, 3), expiresAt: Number.MAX_SAFE_INTEGER };
    await first.open({ ...intent('c1'), beforeImage, nonce: { id: 'yes', expiresAt: Number.MAX_SAFE_INTEGER } });
    const head = await first.head();
    await first.stop();
    await expect(first.head()).rejects.toThrow('stopped');
    const second = await place.open(createProcessId());
    expect(await second.head()).toEqual(head);
    expect(await second.beforeImage('c1')).toEqual(beforeImage.sealed);
    expect(await second.open({ ...intent('c2'), nonce: { id: 'yes', expiresAt: 1 } })).toEqual({ kind: 'consumed' });
    expect(await second.close('c1', 'updated', body())).toBe(true);
  });

  it('is whole by itself once the store has stopped: a copy of it holds everything', async () => {
    const first = await place.open(createProcessId());
    await first.attempt(entry('c1'));
    await first.stop();
    const copy = join(place.folder, 'copy.db');
    await copyFile(place.file, copy);
    const second = await openSqliteStore(copy, createProcessId());
    expect((await second.head()).seq).toBe(1);
    await second.stop();
  });

  it('finishes waiting writes before it stops', async () => {
    const store = await place.open(createProcessId());
    const waiting = Promise.all(Array.from({ length: 300 }, (_, i) => store.attempt(entry(`c${i}`))));
    await store.stop();
    await waiting;
    expect((await (await place.open(createProcessId())).head()).seq).toBe(300);
  });

  it.skipIf(process.platform === 'win32')(
    'is private, and so are its folder and what SQLite keeps beside it',
    async () => {
      const store = await place.open(createProcessId());
      await store.attempt(entry('c1'));
      const modes = await Promise.all([dirname(place.file), ...storeFiles(place.file)].map((path) => stat(path)));
      expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '600', '600', '600']);
    },
  );

  it.skipIf(process.platform === 'win32')('has its folder created, and those above it', async () => {
    const file = join(place.folder, 'a', 'b', 'changes.db');
    await (await openSqliteStore(file, createProcessId())).stop();
    const modes = await Promise.all([dirname(dirname(file)), dirname(file)].map((path) => stat(path)));
    expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '700']);
  });

  it('is readable by its owner only from the first moment, and an existing file keeps its mode', async () => {
    await mkdir(dirname(place.file), { mode: 0o755 });
    await writeFile(place.file, '');
    await chmod(place.file, 0o640);
    await place.open(createProcessId());
    expect(((await stat(place.file)).mode & 0o777).toString(8)).toBe('640');
  });

  it('can be opened by many at once before it exists', async () => {
    const stores = await Promise.all(Array.from({ length: 8 }, () => place.open(createProcessId())));
    await Promise.all(stores.map((store, i) => store.attempt(entry(`c${i}`))));
    expect((await stores[0]?.head())?.seq).toBe(8);
  });

  it('prints nothing while it is opened', async () => {
    const warnings: unknown[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    onTestFinished(() => void process.off('warning', note));
    await place.open(createProcessId());
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([]);
  });
});

describe('a file that cannot be used', () => {
  const tryOpen = (file: string): Promise<unknown> => openSqliteStore(file, createProcessId());

  it('is a folder', async () => {
    await expect(tryOpen(place.folder)).rejects.toThrow('is a folder');
  });

  it('is not a database', async () => {
    const file = join(place.folder, 'notes.txt');
    await writeFile(file, 'Not a database at all. '.repeat(99));
    await expect(tryOpen(file)).rejects.toThrow('is not a SQLite database');
  });

  it('lies below a file', async () => {
    const file = join(place.folder, 'notes.txt');
    await writeFile(file, '');
    await expect(tryOpen(join(file, 'changes.db'))).rejects.toThrow('is a file, not a folder');
  });

  it.skipIf(process.platform !== 'linux')('lies where no folders can be made', async () => {
    await expect(tryOpen('/proc/nowhere/below/changes.db')).rejects.toThrow('cannot be created (ENOENT)');
  });

  it.skipIf(process.platform === 'win32')('may not be written', async () => {
    const file = join(place.folder, 'changes.db');
    await writeFile(file, '', { mode: 0o400 });
    await (await place.open(createProcessId())).stop();
    await asPlainUser([place.folder, file], async () => {
      await expect(tryOpen(file)).rejects.toThrow('cannot be written');
      await chmod(place.folder, 0o500);
      await expect(tryOpen(join(place.folder, 'other.db'))).rejects.toThrow('cannot be written');
      await chmod(place.folder, 0o700);
    });
  });

  it('belongs to another program', async () => {
    const file = join(place.folder, 'other.db');
    await raw((db) => db.exec('CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)'), file);
    await expect(tryOpen(file)).rejects.toThrow('database of another program');
    await raw((db) => db.exec('PRAGMA user_version = 1'), file);
    await expect(tryOpen(file)).rejects.toThrow('database of another program');
    await raw((db) => db.exec('PRAGMA user_version = 9'), file);
    await expect(tryOpen(file)).rejects.toThrow('database of another program');
  });

  it('was written by a newer version', async () => {
    await (await place.open(createProcessId())).stop();
    await raw((db) => db.exec('PRAGMA user_version = 1000'));
    await expect(tryOpen(place.file)).rejects.toThrow(
      /newer version .*format 1000; this one knows \d+.*Update the program/,
    );
  });
});

it('finds what a filter asks for by an index that gives it in order', async () => {
  const store = await place.open(createProcessId());
  await store.attempt(entry('c1', { userId: 'jane' }));
  const since = '2026-01-01T00:00:00Z';
  const ofRecord = 'INDEX entries_by_person (user_id=? AND provider=? AND connection=? AND rowid>? AND rowid<?)';
  const inSpan = 'rowid>? AND rowid<?';
  const jane = { userId: 'jane', provider: 'acme', connection: 'acme' };
  const key = 'a'.repeat(32);
  const expected: [Partial<ChangeFilter>, string][] = [
    [{ provider: 'acme' }, `INDEX results_by_provider (provider=? AND ${inSpan})`],
    [{ provider: ['acme', 'other'] }, `INDEX results_by_provider (provider=? AND ${inSpan})`],
    [{ provider: ['acme', 'other'], outcome: 'failed' }, `INDEX results_by_outcome (outcome=? AND ${inSpan})`],
    [{ userId: 'jane' }, ofRecord],
    [{ provider: 'acme', userId: 'jane', outcome: 'failed' }, ofRecord],
    [{ person: { users: [{ userId: 'jane' }] } }, ofRecord],
    [
      { person: { users: [jane] } },
      `INDEX entries_by_person (user_id=? AND provider=? AND connection=? AND ${inSpan})`,
    ],
    [{ person: { users: [], emailKeys: [key] }, outcome: 'failed', since }, 'INTEGER PRIMARY KEY (rowid=?)'],
    [{ batchId: 'one', provider: 'acme' }, 'INTEGER PRIMARY KEY (rowid=?)'],
    [{ batchId: 'one', ...jane }, ofRecord],
    [{ batchId: 'one', changeId: 'c1' }, 'INDEX entries_by_change (change_id=? AND rowid>? AND rowid<?)'],
    [{ outcome: 'failed', provider: 'acme', since }, `INDEX results_by_outcome (outcome=? AND ${inSpan})`],
    [{ changeId: 'c1', userId: 'jane' }, 'INDEX entries_by_change (change_id=? AND rowid>? AND rowid<?)'],
    [{ since, until: since }, `INTEGER PRIMARY KEY (${inSpan})`],
    [{ before: 9 }, `INTEGER PRIMARY KEY (${inSpan})`],
  ];
  await raw((db) => {
    for (const [filter, index] of expected) {
      const plans = readPlans(db, filter);
      expect(plans.at(-1)).toContain(`SEARCH e USING ${index}`);
      // Only the open intents, what was found, and what a time is looked up in are gone through as a whole.
      const allowed = ['SCAN o', 'SCAN results', 'SCAN intents', 'SCAN recent', 'SCAN search', 'SCAN CONSTANT ROW'];
      expect(plans.flat().filter((step) => step.startsWith('SCAN ') && !allowed.includes(step))).toEqual([]);
      if (filter.since && !filter.person)
        expect(plans[0]).toContain('SEARCH entries USING COVERING INDEX results_by_time (at>?)');
      if (index.endsWith('(rowid=?)'))
        expect(plans.at(-1)).toContain('SEARCH k USING PRIMARY KEY (key=? AND seq>? AND seq<?)');
      else if (filter.batchId)
        expect(plans.at(-1)?.join()).toMatch(/SEARCH b (EXISTS )?USING PRIMARY KEY \(key=\? AND seq=\?\)/);
      // Every search reads in order, and looks records up without reading them.
      expect(plans.at(-1)?.join().split('SCAN results')[0]).not.toContain('TEMP B-TREE');
      if (index === ofRecord && !filter.person?.users[0]?.provider && !filter.connection)
        expect(plans[0]?.[0]).toMatch(
          /SEARCH e USING COVERING INDEX entries_by_person \(user_id=\? AND \(provider,connection\)>/,
        );
    }
  });
});

/** The query plans of the statements that a listing runs. */
function readPlans(db: SqliteDatabase, filter: Partial<ChangeFilter>): string[][] {
  const plans: string[][] = [];
  const explaining: SqliteDatabase = {
    exec: (sql) => db.exec(sql),
    close: () => db.close(),
    function: (name, run) => db.function(name, run),
    prepare(sql) {
      const parameters = sql.split('?').length - 1;
      const rows = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...Array<number>(parameters).fill(1));
      plans.push(rows.map((row) => String(Object.entries(Object(row)).find(([key]) => key === 'detail')?.[1])));
      return db.prepare(sql);
    },
  };
  runNow(listChanges(sqliteDialect, { limit: 5, ...filter }), createQuery(explaining));
  return plans;
}

/** Root may write everywhere, so tests of permissions run as another user, who owns `paths`. */
async function asPlainUser(paths: string[], work: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return work();
  const nobody = 65_534;
  for (const path of paths) await chown(path, nobody, nobody);
  process.seteuid?.(nobody);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}
