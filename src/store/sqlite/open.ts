import { describeHolders, outwaitEarlier, StoreInUse } from '../in-use.ts';
import { unkeyedMac } from '../mac.ts';
import type { StoreOptions } from '../store.ts';
import { whenFree } from './busy.ts';
import { openDatabase, type SqliteDatabase } from './driver.ts';
import { toStoreError } from './errors.ts';
import { bringUpToDate, setUp } from './schema.ts';
import { endAlone, isOfEarlierVersion, tryAlone } from './single-process.ts';
import { openLog, type WriteAheadLog } from './wal.ts';

/** Opens a file that exists, safe and with its tables up to date. Throws `StoreInUse`. */
export async function openReady(
  file: string,
  { mac = unkeyedMac, now = Date.now, onSigned }: StoreOptions,
): Promise<{ db: SqliteDatabase; log: WriteAheadLog }> {
  let db: SqliteDatabase | undefined;
  try {
    const { opened, isAlone } = await outwaitEarlier(() => openForSetUp(file));
    db = opened;
    if (isAlone) {
      const signed = bringUpToDate(opened, file, mac, now());
      endAlone(opened);
      if (signed) onSigned?.();
    }
    await whenFree(() => setUp(opened, file, mac, now()));
    return { db: opened, log: await openLog(file) };
  } catch (error) {
    db?.close();
    throw toStoreError(error, file);
  }
}

/** A connection; alone with the file where an earlier version wrote it. */
async function openForSetUp(file: string): Promise<{ opened: SqliteDatabase; isAlone: boolean }> {
  const opened = await openDatabase(file);
  try {
    const isEarlier = await whenFree(() => isOfEarlierVersion(opened));
    if (isEarlier && !tryAlone(opened)) throw new StoreInUse(file, describeHolders(file));
    return { opened, isAlone: isEarlier };
  } catch (error) {
    // Also so that another process of this version, which looked at the same time, can have the file alone.
    opened.close();
    throw error;
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
    // Another process is writing, and goes on from there.
  }
  db.close();
}
