import { describeHolders, outwaitEarlier, StoreInUse } from '../in-use.ts';
import { unkeyedMac } from '../mac.ts';
import type { StoreOptions } from '../store.ts';
import { openDatabase, type SqliteDatabase } from './driver.ts';
import { isBusy, toStoreError } from './errors.ts';
import { bringUpToDate, setUp, version } from './schema.ts';
import { applicationId } from './tables.ts';
import { whenFree } from './transaction.ts';
import { type Disk, openLog, type WriteAheadLog } from './wal.ts';

export interface SqliteStoreOptions extends StoreOptions {
  /** Default: the disk of this machine. */
  disk?: Disk;
}

/** Opens an existing file, safe and with its tables migrated. Throws `StoreInUse`. */
export async function openReady(
  file: string,
  { mac = unkeyedMac, now = Date.now, onSigned, disk }: SqliteStoreOptions,
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
    return { db: opened, log: await openLog(file, disk) };
  } catch (error) {
    db?.close();
    throw toStoreError(error, file);
  }
}

/**
 * Opens a connection, exclusively if an earlier version wrote the file: a process migrates a file only while no other
 * has it open. Every open connection keeps a shared lock on the file, even an idle one, so the exclusive lock is
 * available only when all others are closed.
 */
async function openForSetUp(file: string): Promise<{ opened: SqliteDatabase; isAlone: boolean }> {
  const opened = await openDatabase(file);
  try {
    const isEarlier = await whenFree(() => isOfEarlierVersion(opened));
    if (isEarlier && !tryAlone(opened)) throw new StoreInUse(file, describeHolders(file));
    return { opened, isAlone: isEarlier };
  } catch (error) {
    // Also lets another process of this version that tried at the same time have the file alone.
    opened.close();
    throw error;
  }
}

/**
 * Moves everything into the one file, unless others have it open. With the built-in driver, closing the last connection
 * does that. With the other driver, the connection stays half open for its prepared statements until the process ends.
 */
export function closeDatabase(db: SqliteDatabase): void {
  try {
    db.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // Another process is writing, and continues from there.
  }
  db.close();
}

/**
 * Whether an earlier version wrote the file. Prepares no statement: the package's driver keeps a closed connection half
 * open for those, and with it the lock.
 */
function isOfEarlierVersion(db: SqliteDatabase): boolean {
  let isEarlier = false;
  db.function('note_format', (format, id) => {
    isEarlier = Number(format) > 0 && Number(format) < version && Number(id) === applicationId;
    return null;
  });
  db.exec('SELECT note_format(user_version, application_id) FROM pragma_user_version, pragma_application_id');
  return isEarlier;
}

/**
 * Takes the file for this process alone: true if no other has it open, after which none can open it. If false, close
 * the connection.
 */
function tryAlone(db: SqliteDatabase): boolean {
  try {
    // Only the start of a transaction takes the exclusive lock; the mode keeps it after the end.
    db.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; COMMIT');
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

function endAlone(db: SqliteDatabase): void {
  // The first read in the other mode releases the lock.
  db.exec('PRAGMA locking_mode = NORMAL; SELECT seq FROM head');
}
