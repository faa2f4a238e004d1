import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/lib/json/json.ts';
import { toBodyText } from '../../../src/store/log/codec.ts';
import { type ChainVerdict, genesis, hashEntry, verifyChain } from '../../../src/store/log/hash-chain.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import { sqliteDialect } from '../../../src/store/sqlite/dialect.ts';
import { openDatabase, type SqliteDatabase } from '../../../src/store/sqlite/driver.ts';
import type { Store } from '../../../src/store/store.ts';
import { recordedField } from '../../support/pipeline/redacted.ts';
import { body, intent, person } from '../../support/store/samples.ts';
import { createSqlitePlace } from '../../support/store/sqlite.ts';

const columns = 'change_id kind at outcome owner provider connection user_id body prev hash'.split(' ');

let place: Awaited<ReturnType<typeof createSqlitePlace>>;
let store: Store;
let db: SqliteDatabase;
beforeEach(async () => {
  place = await createSqlitePlace();
  store = await place.open(createProcessId());
  for (const id of ['c1', 'c2', 'c3']) {
    const field = recordedField('title', null, 'é \u0001 Staff');
    await store.open(intent(id, { ...person(id), body: { ...body(), fields: [field] } }));
    await store.close(id, 'updated', body());
  }
  db = await openDatabase(place.file);
  db.exec('PRAGMA busy_timeout = 10000; PRAGMA synchronous = OFF');
});
afterEach(async () => {
  db.close();
  await place.remove();
});

async function verify(): Promise<ChainVerdict> {
  const head = await store.head();
  return verifyChain(store.entries(), head);
}

describe('verifyChain', () => {
  it('accepts the log as it was written, and an empty one', async () => {
    expect(await verify()).toEqual({ ok: true, rows: 6 });
    const none = { async *[Symbol.asyncIterator]() {} };
    expect(await verifyChain(none, { seq: 0, hash: genesis })).toEqual({ ok: true, rows: 0 });
  });

  it.each(columns)(
    'finds every flipped bit of the column %s',
    async (column) => {
      const read = db.prepare(`SELECT CAST(${column} AS BLOB) AS bytes FROM entries WHERE seq = ?`);
      const write = db.prepare(`UPDATE entries SET ${column} = CAST(? AS TEXT) WHERE seq = ?`);
      for (const seq of [1, 3, 6]) {
        const original = Uint8Array.from(sqliteDialect.toBytes(Object(read.get(seq)).bytes));
        for (const index of original.keys()) {
          const altered = Uint8Array.from(original);
          // Each byte with another bit; 0x20 turns \u001f into \u001F, 0x80 makes text that is not UTF-8.
          altered[index] = (original[index] ?? 0) ^ ([0x20, 0x80, 0x01][index % 3] ?? 0);
          write.run(altered, seq);
          expect(await verify()).toMatchObject({ ok: false, seq });
        }
        write.run(original, seq);
      }
      expect(await verify()).toMatchObject({ ok: true });
    },
    60_000,
  );

  it.each([1, 3, 6])('finds that entry %i was deleted', async (seq) => {
    db.exec(`DELETE FROM entries WHERE seq = ${seq}`);
    const verdict = await verify();
    expect(verdict).toMatchObject({ ok: false, seq });
    expect(verdict.ok ? '' : verdict.problem).toContain(`Entry ${seq} is missing`);
  });

  it('finds that all entries were deleted', async () => {
    db.exec('DELETE FROM entries');
    expect(await verify()).toMatchObject({ ok: false, seq: 1 });
  });

  it('finds two swapped entries, and one moved away', async () => {
    db.exec('UPDATE entries SET seq = -seq WHERE seq IN (3, 4); UPDATE entries SET seq = 7 + seq WHERE seq < 0');
    expect(await verify()).toMatchObject({ ok: false, seq: 3 });
    db.exec('UPDATE entries SET seq = -seq WHERE seq IN (3, 4); UPDATE entries SET seq = 7 + seq WHERE seq < 0');
    expect(await verify()).toMatchObject({ ok: true });
    db.exec('UPDATE entries SET seq = 9 WHERE seq = 5');
    expect(await verify()).toMatchObject({ ok: false, seq: 5 });
    db.exec('UPDATE entries SET seq = 0 WHERE seq = 9');
    expect(await verify()).toMatchObject({ ok: false, seq: 5 });
  });

  it('finds an entry that was replaced together with its hash', async () => {
    for await (const row of store.entries(2)) {
      const hash = hashEntry({ ...row, bodyText: toBodyText(row.body), outcome: 'refused' });
      if (row.seq === 3) db.prepare(`UPDATE entries SET outcome = 'refused', hash = ? WHERE seq = 3`).run(hash);
      if (row.seq === 6) db.prepare(`UPDATE entries SET outcome = 'refused', hash = ? WHERE seq = 6`).run(hash);
    }
    expect(await verify()).toMatchObject({ ok: false, seq: 4, problem: expect.stringContaining('replaced') });
    const head = await store.head();
    expect(await verifyChain(store.entries(), { ...head, seq: 3 })).toMatchObject({ ok: false, seq: 3 });
  });

  it('finds an altered note of the newest entry', async () => {
    db.exec(`UPDATE head SET hash = '${'f'.repeat(64)}'`);
    expect(await verify()).toMatchObject({ ok: false, seq: 6 });
    db.exec('UPDATE head SET seq = 7');
    expect(await verify()).toMatchObject({ ok: false, seq: 7 });
    db.exec('DELETE FROM head');
    await expect(verify()).rejects.toThrow('its head is missing');
    await expect(store.open(intent('c9'))).rejects.toThrow('its head is missing');
  });

  it('accepts entries written while it runs', async () => {
    const head = await store.head();
    await store.open(intent('c9'));
    expect(await verifyChain(store.entries(), head)).toEqual({ ok: true, rows: 7 });
  });

  it.each([
    '{',
    '5',
    '[]',
    '{}',
    '{"caller":5,"fields":[],"tool":"t"}',
    '{"caller":"c","fields":{},"tool":"t"}',
    '{"caller":"c","fields":[null],"tool":"t"}',
    '{"caller":"c","fields":[{"field":5}],"tool":"t"}',
    '{"batchId":{},"caller":"c","fields":[],"tool":"t"}',
    '{"caller":"c","collateral":[5],"fields":[],"tool":"t"}',
    '{"caller":"c","fields":[],"stripped":[{}],"tool":"t"}',
    '{"caller":"c","counts":[1],"fields":[],"tool":"t"}',
    '{"caller":"c","counts":{"updated":-1},"fields":[],"tool":"t"}',
    '{"caller":"c","counts":{"updated":"1"},"fields":[],"tool":"t"}',
    '{"caller":"c","fields":[],"people":1.5,"tool":"t"}',
    '{"allOrNothing":false,"caller":"c","fields":[],"tool":"t"}',
  ])('continues to list when a body was altered to %s, and says so', async (altered) => {
    db.exec(`UPDATE entries SET body = '${altered}' WHERE seq = 6`);
    expect(await verify()).toMatchObject({ ok: false, seq: 6 });
    expect((await store.list({ limit: 1 }))[0]?.body.message).toBe('This entry was altered in the database.');
  });
});

describe('canonicalJson', () => {
  it('does not depend on the order of keys and leaves out what JSON cannot say', () => {
    const value = { b: [undefined, 1n, -0], a: { d: undefined, c: new Date(0), f: () => 1 }, é: 2 ** 60 };
    const text = '{"a":{"c":"1970-01-01T00:00:00.000Z"},"b":[null,1,0],"é":1152921504606847000}';
    expect(canonicalJson(value)).toBe(text);
    expect(canonicalJson(Object.fromEntries(Object.entries(value).reverse()))).toBe(text);
  });
});
