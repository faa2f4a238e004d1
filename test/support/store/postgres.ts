import { randomBytes } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { inject, onTestFinished } from 'vitest';
import { openPostgresStore } from '../../../src/store/postgres/store.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Place } from './place.ts';
import { answers, findBinaries, type Login, makeServer, type OwnServer, type Server } from './postgres-server.ts';
import type { Where } from './writer.ts';

/** A schema of its own for PostgreSQL stores. */
export type PostgresPlace = Place & { schema: string; where: Where; sql: Sql };

/**
 * A server for the tests of one file: `TEST_DATABASE_URL`, else that of the whole suite, else one that runs on this
 * machine, else one of our own.
 * Without any, the tests fail where CI is set, and elsewhere those in `leftOut` are left out, said aloud.
 */
export async function findServer(leftOut: string): Promise<Server | undefined> {
  const given = process.env['TEST_DATABASE_URL'] ?? inject('postgres');
  if (given) return { url: given, async stop() {} };
  for (const user of ['postgres', 'root']) {
    for (const database of ['test', 'postgres']) {
      const url = `postgres://${user}@127.0.0.1:5432/${database}`;
      if (await answers(url)) return { url, async stop() {} };
    }
  }
  return await findOwnServer(leftOut);
}

/** A server that a test may stop and start. */
export async function findOwnServer(leftOut: string, login?: Login): Promise<OwnServer | undefined> {
  const problems: string[] = [];
  for (const binaries of await findBinaries()) {
    try {
      return await makeServer(binaries, login);
    } catch (error) {
      problems.push(`${binaries}: ${String(error)}`);
    }
  }
  const message = `No PostgreSQL for ${leftOut}: set TEST_DATABASE_URL or install it. ${problems.join('; ')}`;
  if (process.env['CI']) throw new Error(message);
  process.stderr.write(`\n*** LEFT OUT *** ${message}\n\n`);
  return undefined;
}

export async function createPostgresPlace(url: string): Promise<PostgresPlace> {
  const schema = `test_${randomBytes(6).toString('hex')}`;
  const sql = postgres(url, { max: 2, onnotice: () => {}, connection: { search_path: schema } });
  const stores: Store[] = [];
  return {
    schema,
    where: { url, schema },
    sql,
    async open(processId, options) {
      const store = await openPostgresStore(url, processId, { ...options, schema });
      stores.push(store);
      return store;
    },
    async remove() {
      await Promise.all(stores.map((store) => store.stop()));
      await sql`DROP SCHEMA IF EXISTS ${sql(schema)} CASCADE`;
      await sql.end();
    },
  };
}

/** The address of a database of its own, for programs that take no schema; dropped after the test. */
export async function createDatabase(server: string): Promise<string> {
  const admin = postgres(server, { max: 1, onnotice: () => {} });
  const name = `test_${randomBytes(6).toString('hex')}`;
  await admin.unsafe(`CREATE DATABASE ${name}`);
  onTestFinished(async () => {
    await admin.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.end();
  });
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
