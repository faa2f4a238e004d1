import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase, type SqliteDatabase } from '../../../src/store/sqlite/driver.ts';
import { toStoreError } from '../../../src/store/sqlite/errors.ts';
import { createSqliteGroupCommit } from '../../../src/store/sqlite/transaction.ts';

async function makeDatabase(): Promise<{ file: string; db: SqliteDatabase }> {
  const folder = await mkdtemp(join(tmpdir(), 'batch-'));
  const file = join(folder, 'batch.db');
  const db = await openDatabase(file);
  onTestFinished(async () => {
    db.close();
    await rm(folder, { recursive: true, force: true });
  });
  db.exec('CREATE TABLE t (a UNIQUE)');
  return { file, db };
}

function texts(db: SqliteDatabase): unknown[] {
  const rows = db.prepare('SELECT a FROM t ORDER BY a').all();
  return rows.map((row) => Object(row).a);
}

it('reports a full disk to the write that fills it, and keeps the others', async () => {
  const { db } = await makeDatabase();
  db.prepare('PRAGMA max_page_count = 8').get();
  const insert = db.prepare('INSERT INTO t (a) VALUES (?)');
  const commits = createSqliteGroupCommit(db, () => 2, { begin() {}, end() {} });
  const results = await Promise.allSettled([
    commits.run(() => insert.run('small')),
    commits.run(() => insert.run('x'.repeat(100_000))),
    commits.run(() => insert.run('small too')),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  const reason = results.flatMap((result) => (result.status === 'rejected' ? [toStoreError(result.reason, 'F')] : []));
  expect(String(reason[0])).toBe('Error: The store F cannot grow: the disk is full.');
  expect(texts(db)).toEqual(['small', 'small too']);
});

it('undoes what failed and nothing else', async () => {
  const { db } = await makeDatabase();
  const insert = db.prepare('INSERT INTO t (a) VALUES (?)');
  const commits = createSqliteGroupCommit(db, () => 2, { begin() {}, end() {} });
  const add = (...values: string[]): Promise<unknown> => commits.run(() => values.map((value) => insert.run(value)));
  const results = await Promise.allSettled([add('1'), add('2', '1'), add('2')]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(texts(db)).toEqual(['1', '2']);
});

it('waits for another connection that holds the lock, also where SQLite does not wait', async () => {
  const { file, db } = await makeDatabase();
  db.exec('PRAGMA busy_timeout = 0');
  const commits = createSqliteGroupCommit(db, () => 2, { begin() {}, end() {} });
  const theirs = await openDatabase(file);
  theirs.exec('BEGIN IMMEDIATE');
  let written = false;
  const waiting = commits.run(() => db.exec('INSERT INTO t VALUES (1)')).then(() => (written = true));
  await sleep(100);
  expect(written).toBe(false);
  theirs.exec('COMMIT');
  theirs.close();
  await waiting;
  expect(texts(db)).toEqual([1]);
});
