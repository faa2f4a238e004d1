import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nextEntry } from '../../../src/store/log/append.ts';
import { emptyHead, genesis, verifyChain } from '../../../src/store/log/hash-chain.ts';
import { createHeadSigner, signHead } from '../../../src/store/log/head.ts';
import { verifyLog } from '../../../src/store/log/verify.ts';
import { unkeyedMac } from '../../../src/store/mac.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import { entryColumns, toEntryValues } from '../../../src/store/sql/rows.ts';
import { openDatabase } from '../../../src/store/sqlite/driver.ts';
import { migrations } from '../../../src/store/sqlite/tables.ts';
import { storeTexts } from '../../support/store/files.ts';
import { batchEvent, body, entry, person } from '../../support/store/samples.ts';
import { createSqlitePlace } from '../../support/store/sqlite.ts';

const IMAGE = new Uint8Array(Buffer.from('what the change displaced, sealed'));

const written = { processId: createProcessId(), now: Date.now(), mac: unkeyedMac };

let place: Awaited<ReturnType<typeof createSqlitePlace>>;
beforeEach(async () => {
  place = await createSqlitePlace();
});
afterEach(() => place.remove());

it('migrates a file of format 1, with everything in it', async () => {
  await makeFormat1(place.file);
  const [store] = await Promise.all([place.open(createProcessId()), place.open(createProcessId())]);
  expect(await verifyChain(store.entries(), await store.head())).toEqual({ ok: true, rows: 1 });
  expect(await store.beforeImage('c1')).toEqual(IMAGE);
  expect(await store.approvals.countPending()).toBe(0);
  const asked = {
    id: 'a1',
    digest: 'd',
    requestKey: 'r',
    caller: 'tests',
    expiresAt: Date.now() + 3_600_000,
    needed: 1,
  };
  await store.approvals.request({ ...asked, ...person('jane'), view: Uint8Array.of(3) }, body());
  expect(await store.close('c1', 'updated', body())).toBe(true);

  await store.stop();
  const again = await place.open(createProcessId());
  expect(await again.approvals.get('a1')).toMatchObject({ state: 'pending', view: Uint8Array.of(3) });
  expect(await verifyChain(again.entries(), await again.head())).toEqual({ ok: true, rows: 3 });
});

it('leaves no sealed before-image behind once it is purged, whatever moved it', async () => {
  await makeFormat1(place.file);
  const store = await place.open(createProcessId());
  expect(await store.beforeImage('c1')).toEqual(IMAGE);
  await store.purgeExpired(Number.MAX_SAFE_INTEGER);
  await store.stop();
  for (const text of storeTexts(place.file)) expect(text).not.toContain(Buffer.from(IMAGE).toString());
});

it('gives a file of format 9, of before there were batches, what holds them', async () => {
  await mkdir(dirname(place.file));
  const db = await openDatabase(place.file);
  for (const migration of migrations.slice(0, 9)) db.exec(migration);
  db.exec('PRAGMA user_version = 9');
  const row = nextEntry(emptyHead, 'attempt', entry('c1'), written);
  db.prepare(`INSERT INTO entries (${entryColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`).run(
    ...toEntryValues(row),
  );
  const head = createHeadSigner(unkeyedMac)(signHead(emptyHead, unkeyedMac), row);
  db.prepare('UPDATE head SET seq = ?, hash = ?, mac = ?').run(head.seq, head.hash, head.mac);
  db.close();
  const altered: string[] = [];
  const options = { onAltered: (what: string) => altered.push(what), onSigned: () => altered.push('signed') };
  const [store] = await Promise.all([1, 2].map(() => place.open(createProcessId(), options)));
  if (!store) throw new Error('none');
  const batch = { id: 'b1', expiresAt: Number.MAX_SAFE_INTEGER, header: Uint8Array.of(1), parts: [Uint8Array.of(2)] };
  expect(await store.batches.open({ batch, entry: batchEvent('b1', 'opened') })).toBe('opened');
  await store.stop();
  const again = await place.open(createProcessId(), options);
  expect(await again.batches.part('b1', 0)).toEqual(Uint8Array.of(2));
  expect(await verifyLog(again, unkeyedMac)).toMatchObject({ ok: true, rows: 2 });
  expect(altered).toEqual([]);
});

it('leaves no sealed part of a batch behind once it has finished', async () => {
  const store = await place.open(createProcessId());
  const [header, part] = ['a header, sealed', 'target values, sealed'].map((text) => new Uint8Array(Buffer.from(text)));
  if (!header || !part) throw new Error('none');
  const batch = { id: 'b1', expiresAt: Number.MAX_SAFE_INTEGER, header, parts: [part, part] };
  await store.batches.put(batch);
  await store.batches.open({ batch, entry: batchEvent('b1', 'opened') });
  expect(storeTexts(place.file).join()).toContain('target values, sealed');
  await store.batches.finish('b1', batchEvent('b1', 'finished'), 'drop');
  for (const text of storeTexts(place.file)) expect(text).not.toMatch(/a header, sealed|target values, sealed/);
});

/** A file as the first version left it, with one open intent. Never to be changed along with the program. */
async function makeFormat1(file: string): Promise<void> {
  await mkdir(dirname(file));
  const db = await openDatabase(file);
  db.exec(`
    CREATE TABLE entries (
      seq INTEGER PRIMARY KEY,
      change_id TEXT NOT NULL,
      kind TEXT NOT NULL,
      at TEXT NOT NULL,
      outcome TEXT NOT NULL,
      owner TEXT NOT NULL,
      provider TEXT NOT NULL,
      connection TEXT NOT NULL,
      user_id TEXT NOT NULL,
      body TEXT NOT NULL,
      prev TEXT NOT NULL,
      hash TEXT NOT NULL
    ) STRICT;
    CREATE INDEX entries_by_change ON entries (change_id);
    CREATE INDEX entries_by_user ON entries (user_id);
    CREATE INDEX moves_by_person ON entries (user_id, provider, connection) WHERE kind <> 'attempt';
    CREATE INDEX results_by_outcome ON entries (outcome) WHERE kind <> 'opened';
    CREATE INDEX results_by_provider ON entries (provider) WHERE kind <> 'opened';
    CREATE INDEX entries_by_time ON entries (at);
    CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
    INSERT INTO head (id, seq, hash) VALUES (1, 0, '${genesis}');
    CREATE TABLE open_intents (seq INTEGER PRIMARY KEY, change_id TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE spent (id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT;
    CREATE INDEX spent_by_expiry ON spent (expires_at);
    CREATE TABLE images (change_id TEXT PRIMARY KEY, sealed BLOB NOT NULL, expires_at INTEGER NOT NULL) STRICT;
    CREATE INDEX images_by_expiry ON images (expires_at);
    PRAGMA application_id = ${0x55554d31};
    PRAGMA user_version = 1;
  `);
  const row = nextEntry(emptyHead, 'opened', entry('c1'), written);
  db.prepare(`INSERT INTO entries (${entryColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`).run(
    ...toEntryValues(row),
  );
  db.prepare('UPDATE head SET seq = ?, hash = ?').run(row.seq, row.hash);
  db.prepare('INSERT INTO open_intents (seq, change_id) VALUES (1, ?)').run('c1');
  db.prepare('INSERT INTO images (change_id, sealed, expires_at) VALUES (?, ?, ?)').run(
    'c1',
    IMAGE,
    Number.MAX_SAFE_INTEGER,
  );
  db.close();
}
