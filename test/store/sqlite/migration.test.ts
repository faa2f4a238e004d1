import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nextEntry } from '../../../src/store/log/append.ts';
import { emptyHead, genesis, verifyChain } from '../../../src/store/log/hash-chain.ts';
import { unkeyedMac } from '../../../src/store/mac.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import { entryColumns, toEntryValues } from '../../../src/store/sql/rows.ts';
import { openDatabase } from '../../../src/store/sqlite/driver.ts';
import { storeTexts } from '../../support/store/files.ts';
import { body, entry, person } from '../../support/store/samples.ts';
import { createSqlitePlace } from '../../support/store/sqlite.ts';

const IMAGE = new Uint8Array(Buffer.from('what the change displaced, sealed'));

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
  const row = nextEntry(emptyHead, 'opened', entry('c1'), {
    processId: createProcessId(),
    now: Date.now(),
    mac: unkeyedMac,
  });
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
