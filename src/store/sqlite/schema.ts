import type { Mac } from '../mac.ts';
import { runNow } from '../sql/dialect.ts';
import { signAll } from '../sql/sign-all.ts';
import { createQuery, sqliteDialect } from './dialect.ts';
import type { SqliteDatabase } from './driver.ts';
import { applicationId, migrations } from './tables.ts';
import { rollBack } from './transaction.ts';

/**
 * Configures a connection for safety and creates the tables. Several processes may do so at once. Throws if the file
 * belongs to another program or to a newer version of this one.
 */
export function setUp(db: SqliteDatabase, file: string, mac: Mac, now: number): void {
  bringUpToDate(db, file, mac, now);
  if (readPragma(db, 'application_id') !== applicationId) throw new Error(foreign(file));
  // `openDatabase` ensures a SQLite version whose write-ahead log several processes can write.
  const mode = readPragma(db, 'journal_mode = WAL');
  if (mode !== 'wal') {
    throw new Error(`The store ${file} cannot have a write-ahead log where it is: keep it on a disk of this machine.`);
  }
  // Writes that must survive a power cut wait for a flush of the log: see wal.ts.
  db.exec('PRAGMA synchronous = NORMAL');
  // A larger log is checkpointed less often, and a page that changed many times is then copied once.
  db.exec('PRAGMA wal_autocheckpoint = 2000');
  // On macOS a plain fsync leaves the bytes in the drive's cache; elsewhere this does nothing.
  db.exec('PRAGMA fullfsync = ON');
  db.exec('PRAGMA temp_store = MEMORY');
  // The first read of a table creates the log's file.
  db.prepare('SELECT seq FROM head').get();
}

/**
 * Creates the tables, or migrates those of an earlier version. Returns whether it signed what an earlier version wrote.
 */
export function bringUpToDate(db: SqliteDatabase, file: string, mac: Mac, now: number): boolean {
  // Comes first, since every other statement may have to wait.
  db.exec('PRAGMA busy_timeout = 10000');
  // For a new file: rows are small, and a commit writes whole pages.
  db.exec('PRAGMA page_size = 2048');
  // Erases purged data from the file too, and what a migration leaves behind.
  db.exec('PRAGMA secure_delete = ON');
  return readPragma(db, 'user_version') !== version && migrate(db, file, mac, now);
}

export const version = migrations.length;
/** The first format whose rows are signed. */
const signedFormat = 5;

function migrate(db: SqliteDatabase, file: string, mac: Mac, now: number): boolean {
  db.exec('BEGIN IMMEDIATE');
  try {
    // Reads again under the lock: another process may have been faster.
    const found = Number(readPragma(db, 'user_version'));
    if (found > version && readPragma(db, 'application_id') === applicationId) {
      throw new Error(
        `The store ${file} was written by a newer version of this program (format ${found}; this one knows ${version}). ` +
          'Update the program, or name another file.',
      );
    }
    const isOurs =
      found === 0
        ? db.prepare('SELECT 1 FROM sqlite_master LIMIT 1').get() === undefined
        : readPragma(db, 'application_id') === applicationId;
    if (!isOurs) throw new Error(foreign(file));
    for (const migration of migrations.slice(found)) db.exec(migration);
    // Last, since it depends on the current columns.
    if (found < signedFormat) runNow(signAll(sqliteDialect, mac, now), createQuery(db));
    db.exec(`PRAGMA user_version = ${version}`);
    db.exec('COMMIT');
    return found > 0 && found < signedFormat;
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

function foreign(file: string): string {
  return `The store ${file} is a database of another program. Name another file.`;
}

function readPragma(db: SqliteDatabase, pragma: string): unknown {
  const row = db.prepare(`PRAGMA ${pragma}`).get();
  // A pragma returns one row with one column, named like the pragma.
  const name = pragma.split(' ')[0] ?? pragma;
  return typeof row === 'object' && row !== null ? Object.entries(row).find(([key]) => key === name)?.[1] : undefined;
}
