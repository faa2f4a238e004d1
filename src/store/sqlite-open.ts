import type { StoreOptions } from './entry.ts';
import { unkeyedMac } from './mac.ts';
import { whenFree } from './sqlite-busy.ts';
import { openDatabase, type SqliteDatabase } from './sqlite-driver.ts';
import { toStoreError } from './sqlite-errors.ts';
import { setUp } from './sqlite-schema.ts';
import { openLog, type WriteAheadLog } from './sqlite-wal.ts';

/** Opens a file that exists, safe and with its tables up to date. */
export async function openReady(
  file: string,
  { mac = unkeyedMac, now = Date.now }: StoreOptions,
): Promise<{ db: SqliteDatabase; log: WriteAheadLog }> {
  let db: SqliteDatabase | undefined;
  try {
    const opened = await openDatabase(file);
    db = opened;
    await whenFree(() => setUp(opened, file, mac, now()));
    return { db: opened, log: await openLog(file) };
  } catch (error) {
    db?.close();
    throw toStoreError(error, file);
  }
}

/**
 * Leaves everything in the one file, unless others have it open. The built-in driver's last connection does so by itself;
 * the other driver's stays half open for its prepared statements, until the process ends.
 */
export function closeDatabase(db: SqliteDatabase): void {
  try {
    db.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // Somebody is writing, and goes on from there.
  }
  db.close();
}
