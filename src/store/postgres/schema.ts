import { StoreInUse } from '../in-use.ts';
import type { Mac } from '../mac.ts';
import { type Dialect, runAwaiting } from '../sql/dialect.ts';
import { selectHead } from '../sql/rows.ts';
import { signAll } from '../sql/sign-all.ts';
import type { Link } from './connection.ts';
import { createPostgresDialect, type TableNames } from './dialect.ts';
import { isUsedByEarlier } from './in-use.ts';
import { format, migrations, signedFormat } from './tables.ts';

/**
 * Begins a transaction that holds the write lock of the whole store, and returns the head and the last batch of
 * `writer`. Overrides the settings of a server or role that would be unsafe: no snapshot from before the lock, no
 * commit that does not wait for the disk, no lock held forever.
 */
export function beginSql(tables: TableNames, dialect: Dialect, writer: string): string {
  return `${lockSql(tables)}
    SELECT h.*, (SELECT batch FROM ${tables.batches} WHERE id = '${writer}') AS batch
      FROM (SELECT) one LEFT JOIN (SELECT ${selectHead(dialect)} FROM ${tables.head} h) h ON true`;
}

/**
 * Creates the tables, or migrates those of an older version. Several processes may do so at once. Throws when the
 * schema belongs to another program or to a newer version of this one, if an earlier version is using it, or if the
 * database cannot hold all text. An unfinished transaction is rolled back when the link ends. Returns whether it signed
 * what an earlier version wrote.
 */
export async function setUp(
  { query, script }: Link,
  tables: TableNames,
  { place, mac, now }: { place: string; mac: Mac; now: number },
): Promise<boolean> {
  const [server] = await script('SHOW server_encoding');
  if (server?.['server_encoding'] !== 'UTF8') {
    throw new Error('The database of the store has another encoding than UTF8. Make one with: createdb -E UTF8 NAME');
  }
  await script(lockSql(tables));
  const [found] = await query(
    `SELECT to_regnamespace($1) IS NOT NULL AS "hasSchema", to_regclass($2) IS NOT NULL AS "hasFormat",
       EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace($1)) AS "hasOther"`,
    [tables.schema, tables.format],
  );
  if (!found?.['hasFormat'] && found?.['hasOther']) {
    throw new Error(`The schema ${tables.schema} of the store's database belongs to another program.`);
  }
  const [row] = found?.['hasFormat'] ? await query(`SELECT version FROM ${tables.format}`) : [];
  const version = Number(row?.['version'] ?? 0);
  if (version > migrations.length) {
    throw new Error(
      `The store was written by a newer version of this program (format ${version}; this one knows ${migrations.length}). ` +
        'Update the program, or name another database.',
    );
  }
  if (version > 0 && version < format && (await isUsedByEarlier(query, format, tables.schemaName))) {
    throw new StoreInUse(place, '');
  }
  if (version < migrations.length) {
    if (!found?.['hasSchema']) await script(`CREATE SCHEMA ${tables.schema}`);
    for (const migration of migrations.slice(version)) await script(migration(tables));
    // Last, since it depends on the current columns.
    if (version < signedFormat) await runAwaiting(signAll(createPostgresDialect(tables), mac, now), query);
    await query(`UPDATE ${tables.format} SET version = $1`, [migrations.length]);
  }
  await script('COMMIT');
  return version > 0 && version < signedFormat;
}

function lockSql({ lock }: TableNames): string {
  return `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
    SET LOCAL lock_timeout = '10s';
    SET LOCAL statement_timeout = '12s';
    SET LOCAL idle_in_transaction_session_timeout = '12s';
    SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off';
    SELECT pg_advisory_xact_lock(${lock});`;
}
