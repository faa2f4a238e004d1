import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import postgres, { type Sql } from 'postgres';

/** Stores that version 14a46e4 wrote; `fixtures/make.mjs` says how. Never to be changed along with the program. */

const FIXTURES = join(import.meta.dirname, '..', '..', 'store', 'fixtures');

/** The master key they were sealed with. */
export const OLD_KEY = new Uint8Array(32).fill(0x14);

/** Of the approvers ann and ben. */
export const OLD_PASSPHRASE = 'correct horse battery staple';

/** A time at which nothing in them has expired, and the server that was killed is long gone. */
export const OLD_TIME = Date.parse('2026-12-01T12:00:00Z');

/** Rows of the log; the outcomes of its changes, newest first, as they were when the server was killed. */
export const OLD_ROWS = 17;
export const OLD_OUTCOMES = [
  ['unverified', 'firstName'],
  ['needs_approval', 'title'],
  ['needs_approval', 'title'],
  ['needs_approval', 'title'],
  ['refused', 'title'],
  ['needs_approval', 'title'],
  ['updated', 'department'],
  ['needs_approval', 'department'],
  ['failed', undefined],
  ['refused', 'position'],
  ['updated', 'position'],
  ['updated', 'title'],
  ['updated', 'firstName'],
];

/** Of the values that waiting approvals want, newest first: what became of them. */
export const OLD_APPROVALS = ['approved', 'pending', 'pending', 'declined', 'used'];

export async function copyOldFile(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await copyFile(join(FIXTURES, '14a46e4.db'), file);
  execFileSync('chmod', ['600', file]);
}

/** Loads the dump into a schema of its own; `drop` drops it. */
export async function loadOldSchema(url: string): Promise<{ schema: string; sql: Sql; drop(): Promise<void> }> {
  const schema = `test_${crypto.randomUUID().slice(0, 8)}`;
  const dump = await readFile(join(FIXTURES, '14a46e4.sql'), 'utf8');
  const loading = postgres(url, { max: 1, onnotice: () => {} });
  // The dump empties the search path of its connection.
  await loading.unsafe(dump.replaceAll(/\bupdate_user(?=[.;])/g, schema));
  await loading.end();
  const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { search_path: schema } });
  return {
    schema,
    sql,
    async drop() {
      await sql.unsafe(`DROP SCHEMA ${schema} CASCADE`);
      await sql.end();
    },
  };
}
