import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase, type SqliteDatabase } from '../../../src/store/sqlite/driver.ts';
import { toStoreError } from '../../../src/store/sqlite/errors.ts';
import { createBatch } from '../../../src/store/sqlite/group-commit.ts';

let folder: string;
let db: SqliteDatabase;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'batch-'));
  db = await openDatabase(join(folder, 'batch.db'));
  db.exec('CREATE TABLE t (a UNIQUE)');
});
afterEach(async () => {
  db.close();
  await rm(folder, { recursive: true, force: true });
});

const texts = (): unknown[] =>
  db
    .prepare('SELECT a FROM t ORDER BY a')
    .all()
    .map((row) => Object(row).a);

it('says that the disk is full to the one that fills it, and keeps the others', async () => {
  db.prepare('PRAGMA max_page_count = 8').get();
  const insert = db.prepare('INSERT INTO t (a) VALUES (?)');
  const batch = createBatch(db);
  const results = await Promise.allSettled([
    batch.run(() => insert.run('small')),
    batch.run(() => insert.run('x'.repeat(100_000))),
    batch.run(() => insert.run('small too')),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  const reason = results.flatMap((result) => (result.status === 'rejected' ? [toStoreError(result.reason, 'F')] : []));
  expect(String(reason[0])).toBe('Error: The store F cannot grow: the disk is full.');
  expect(texts()).toEqual(['small', 'small too']);
});

it('undoes what failed and nothing else', async () => {
  const insert = db.prepare('INSERT INTO t (a) VALUES (?)');
  const batch = createBatch(db);
  const add = (...values: string[]): Promise<unknown> => batch.run(() => values.map((value) => insert.run(value)));
  const results = await Promise.allSettled([add('1'), add('2', '1'), add('2')]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(texts()).toEqual(['1', '2']);
});

it('waits for another connection that holds the lock, also where SQLite does not wait', async () => {
  db.exec('PRAGMA busy_timeout = 0');
  const batch = createBatch(db);
  const theirs = await openDatabase(join(folder, 'batch.db'));
  theirs.exec('BEGIN IMMEDIATE');
  let written = false;
  const waiting = batch.run(() => db.exec('INSERT INTO t VALUES (1)')).then(() => (written = true));
  await sleep(100);
  expect(written).toBe(false);
  theirs.exec('COMMIT');
  theirs.close();
  await waiting;
  expect(texts()).toEqual([1]);
});
