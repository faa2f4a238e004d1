import { execFileSync } from 'node:child_process';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import postgres from 'postgres';

/** Stores that version 14a46e4 wrote; `fixtures/make.mjs` says how. Never to be changed along with the program. */

const FIXTURES = join(import.meta.dirname, 'fixtures');

/** The master key they were sealed with. */
export const OLD_KEY = new Uint8Array(32).fill(0x14);

/** Of the approvers ann and ben. */
export const OLD_PASSPHRASE = 'correct horse battery staple';

/** A moment at which nothing in them is over, and the server that was killed is long gone. */
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

/** Loads the dump into a database of its own; gives its URL, and drops it in the end. */
export async function loadOldDatabase(server: string): Promise<{ url: string; drop(): Promise<void> }> {
  const database = `old_store_${crypto.randomUUID().slice(0, 8)}`;
  const url = Object.assign(new URL(server), { pathname: `/${database}` }).href;
  const admin = postgres(server, { max: 1, onnotice: () => {} });
  await admin.unsafe(`CREATE DATABASE ${database} ENCODING 'UTF8' TEMPLATE template0`);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql.file(join(FIXTURES, '14a46e4.sql'));
  await sql.end();
  return {
    url,
    async drop() {
      await admin.unsafe(`DROP DATABASE ${database} WITH (FORCE)`);
      await admin.end();
    },
  };
}
