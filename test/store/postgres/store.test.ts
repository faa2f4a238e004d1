import { inspect } from 'node:util';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyHead, verifyChain } from '../../../src/store/log/hash-chain.ts';
import { signHead } from '../../../src/store/log/head.ts';
import { verifyLog } from '../../../src/store/log/verify.ts';
import { unkeyedMac } from '../../../src/store/mac.ts';
import { toTableNames } from '../../../src/store/postgres/dialect.ts';
import { isPassing, toStoreError } from '../../../src/store/postgres/errors.ts';
import { openPostgresStore } from '../../../src/store/postgres/store.ts';
import { migrations } from '../../../src/store/postgres/tables.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import type { Store } from '../../../src/store/store.ts';
import { createPostgresPlace, findServer, type PostgresPlace } from '../../support/store/postgres.ts';
import { batchEvent, body, entry, intent, person } from '../../support/store/samples.ts';
import { testForgery } from '../contract/forgery.ts';
import { testStore } from '../contract/store.ts';

const server = await findServer('the tests of the PostgreSQL store');
const url = server?.url ?? '';
afterAll(() => server?.stop());

describe.skipIf(!server)('with PostgreSQL', () => {
  testStore('postgres', () => createPostgresPlace(url));
  testForgery(
    'postgres',
    () => createPostgresPlace(url),
    ({ sql }) => ({
      async run(text) {
        await sql.unsafe(text);
      },
      async columns(table) {
        const rows = await sql`SELECT column_name AS name, data_type AS type FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name = ${table}`;
        return rows.map(({ name, type }) => ({
          name: String(name),
          kind: type === 'text' ? 'text' : type === 'bytea' ? 'bytes' : 'number',
        }));
      },
    }),
  );

  let place: PostgresPlace;
  beforeEach(async () => {
    place = await createPostgresPlace(url);
  });
  afterEach(() => place.remove());
  const open = (): Promise<Store> => place.open(createProcessId());
  const openBriefly = (at: string): Promise<unknown> =>
    openPostgresStore(at, createProcessId(), { schema: place.schema, retryMs: 1 });

  describe('the schema', () => {
    it('keeps everything over a restart of the program', async () => {
      const first = await open();
      const beforeImage = { sealed: Uint8Array.of(1, 2, 3), expiresAt: Number.MAX_SAFE_INTEGER };
      await first.open({
        ...intent('c1'),
        beforeImage,
        nonce: { id: 'yes', expiresAt: Number.MAX_SAFE_INTEGER },
      });
      const head = await first.head();
      await first.stop();
      await expect(first.head()).rejects.toThrow('stopped');
      await expect(first.attempt(entry('c2'))).rejects.toThrow('stopped');
      const second = await open();
      expect(await second.head()).toEqual(head);
      expect(await second.beforeImage('c1')).toEqual(beforeImage.sealed);
      expect(await second.open({ ...intent('c2'), nonce: { id: 'yes', expiresAt: 1 } })).toEqual({ kind: 'consumed' });
      expect(await second.close('c1', 'updated', body())).toBe(true);
    });

    it('finishes waiting writes before it stops', async () => {
      const store = await open();
      const waiting = Promise.all(Array.from({ length: 300 }, (_, i) => store.attempt(entry(`c${i}`))));
      await store.stop();
      await waiting;
      expect((await (await open()).head()).seq).toBe(300);
    });

    it('can be opened by many at once before it exists', async () => {
      const stores = await Promise.all(Array.from({ length: 8 }, open));
      await Promise.all(stores.map((store, i) => store.attempt(entry(`c${i}`))));
      expect((await stores[0]?.head())?.seq).toBe(8);
    });

    it('may have been created empty, by a role that has the rights', async () => {
      await place.sql`CREATE SCHEMA ${place.sql(place.schema)}`;
      expect(await (await open()).head()).toMatchObject({ seq: 0 });
    });

    it('is of before there were batches, and gets what holds them', async () => {
      await place.sql`CREATE SCHEMA ${place.sql(place.schema)}`;
      const tables = toTableNames(place.schema);
      for (const migration of migrations.slice(0, 8)) await place.sql.unsafe(migration(tables));
      await place.sql`UPDATE format SET version = 8`;
      const { mac } = signHead(emptyHead, unkeyedMac);
      await place.sql`UPDATE head SET mac = ${mac}`;
      const [store] = await Promise.all([open(), open()]);
      const batch = { id: 'b1', expiresAt: 9e15, header: Uint8Array.of(1), parts: [Uint8Array.of(2)] };
      expect(await store.batches.open({ batch, entry: batchEvent('b1', 'opened') })).toBe('opened');
      expect(await store.batches.part('b1', 0)).toEqual(Uint8Array.of(2));
      expect(await verifyLog(store, unkeyedMac)).toMatchObject({ ok: true, rows: 1 });
    });

    it('was written by a newer version', async () => {
      await (await open()).stop();
      await place.sql`UPDATE format SET version = 1000`;
      await expect(open()).rejects.toThrow(/newer version .*format 1000; this one knows \d+.*Update the program/);
    });

    it('belongs to another program', async () => {
      await place.sql`CREATE SCHEMA ${place.sql(place.schema)}`;
      await place.sql`CREATE TABLE theirs (a integer)`;
      await expect(open()).rejects.toThrow('belongs to another program');
    });

    it('is a name and never SQL', async () => {
      const schema = 'odd"; DROP TABLE x; --';
      const store = await openPostgresStore(url, createProcessId(), { schema });
      await store.attempt(entry('c1'));
      await store.stop();
      await place.sql`DROP SCHEMA ${place.sql(schema)} CASCADE`;
    });
  });

  describe('the settings of a role or a server', () => {
    it('do not weaken anything', async () => {
      const settings = [
        'synchronous_commit=off',
        'default_transaction_isolation=serializable',
        'default_transaction_read_only=on',
        'statement_timeout=1000000',
        'search_path=pg_temp',
        'bytea_output=escape',
        'standard_conforming_strings=off',
      ];
      const at = `${url}?${settings.join('&')}`;
      const stores = await Promise.all(
        [1, 2, 3].map(() => openPostgresStore(at, createProcessId(), { schema: place.schema })),
      );
      const opened = stores.flatMap((store, s) =>
        Array.from({ length: 20 }, (_, i) =>
          store.open({ ...intent(`c${s}-${i}`, person(`p${s}-${i}`)), nonce: { id: `y${i}`, expiresAt: 9e15 } }),
        ),
      );
      const kinds = (await Promise.all(opened)).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'opened')).toHaveLength(20);
      const [store] = stores;
      if (!store) throw new Error('none');
      expect(await verifyChain(store.entries(), await store.head())).toEqual({ ok: true, rows: 20 });
      const sealed = Uint8Array.from({ length: 256 }, (_, i) => i);
      await store.open({ ...intent('image', person('image')), beforeImage: { sealed, expiresAt: 9e15 } });
      expect(await store.beforeImage('image')).toEqual(sealed);
      await Promise.all(stores.map((one) => one.stop()));
    });
  });

  describe('a log that was altered', () => {
    it('is detected', async () => {
      const store = await open();
      for (let i = 1; i <= 4; i += 1) await store.attempt(entry(`c${i}`, { body: body('é "quoted"') }));
      const verify = async () => verifyChain(store.entries(), await store.head());
      expect(await verify()).toEqual({ ok: true, rows: 4 });
      const { sql } = place;
      const columns = 'change_id kind at outcome owner provider connection user_id body prev hash'.split(' ');
      for (const column of columns) {
        const [was] = await sql`SELECT ${sql(column)} AS value FROM entries WHERE seq = 2`;
        await sql`UPDATE entries SET ${sql(column)} = ${`${was?.['value']}x`} WHERE seq = 2`;
        expect(await verify()).toMatchObject({ ok: false, seq: 2 });
        await sql`UPDATE entries SET ${sql(column)} = ${String(was?.['value'])} WHERE seq = 2`;
      }
      expect(await verify()).toMatchObject({ ok: true });
      await sql`DELETE FROM entries WHERE seq = 4`;
      expect(await verify()).toMatchObject({ ok: false, seq: 4 });
      await sql`UPDATE head SET seq = 2`;
      await expect(store.attempt(entry('c5'))).rejects.toThrow('it was altered, or restored only in part');
      await sql`DELETE FROM head`;
      await expect(store.attempt(entry('c5'))).rejects.toThrow('its head is missing');
      await expect(verify()).rejects.toThrow('its head is missing');
    });
  });

  describe('a database that cannot be used', () => {
    const messageOf = async (promise: Promise<unknown>): Promise<string> => {
      const error: unknown = await promise.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      // With causes and hidden properties: nothing of a URL's password may be in what a log may print.
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('s3cret');
      return error instanceof Error ? error.message : 'no error';
    };

    it.each([
      ['postgres://jane:s3cret@127.0.0.1:1/db', 'The store postgres://127.0.0.1:1/db cannot be reached.'],
      ['postgres://jane:s3cret@nowhere.invalid/db', 'The store postgres://nowhere.invalid/db cannot be reached'],
      ['postgres://jane:s3cret%@127.0.0.1/db', 'no valid URL'],
      ['postgres://jane:s3cret@127.0.0.1:nine/db', 'no valid URL'],
      ['postgres://jane:s3/cret@127.0.0.1/db', 'no valid URL'],
      ['postgres://jane:s3cret?x@127.0.0.1/db', 'no valid URL'],
      ['postgres://jane:5432#s3cret@127.0.0.1/db', 'no valid URL'],
    ])('says what is wrong with %s', async (at, says) => {
      expect(await messageOf(openBriefly(at))).toContain(says);
    });

    it('does not know a parameter', async () => {
      expect(await messageOf(openBriefly(`${url}?no_such_setting=1`))).toContain('a parameter of its URL');
    });

    it('does not exist', async () => {
      const at = new URL(url);
      at.pathname = '/no_such_database';
      at.password = 's3cret';
      expect(await messageOf(openBriefly(at.href))).toContain('no database of that name');
    });

    it('does not let its user in', async () => {
      const role = `${place.schema}_role`;
      await place.sql`CREATE ROLE ${place.sql(role)} LOGIN PASSWORD 's3cret'`;
      const at = new URL(url);
      at.username = role;
      at.password = 's3cret';
      expect(await messageOf(openBriefly(at.href))).toContain('let it make a schema');
      await place.sql`DROP ROLE ${place.sql(role)}`;
    });

    it.each([
      ['28P01', 'refuses the user or the password', false],
      ['25006', 'Name the primary server', false],
      ['53300', 'max_connections', true],
      ['08006', 'cannot be reached', true],
      ['XX000', 'the error XX000', false],
    ])('knows the error %s', (code, says, passing) => {
      const error = Object.assign(new Error('foreign words'), { code });
      expect(String(toStoreError(error, 'P'))).toContain(says);
      expect(String(toStoreError(error, 'P'))).not.toContain('foreign');
      expect(isPassing(error)).toBe(passing);
    });
  });
});
