import type { SqliteDatabase } from './driver.ts';
import { isBusy } from './errors.ts';
import { applicationId, version } from './schema.ts';

/**
 * A file that an earlier version wrote is brought up to date by a process that has it alone: every open connection keeps a
 * shared lock on the file, also one that does nothing, so the exclusive one is had only when all others are closed.
 */

/**
 * Whether an earlier version wrote the file. Prepares no statement: the package's driver keeps a closed connection half
 * open for those, and with it the lock.
 */
export function isOfEarlierVersion(db: SqliteDatabase): boolean {
  let isEarlier = false;
  db.function('note_format', (format, id) => {
    isEarlier = Number(format) > 0 && Number(format) < version && Number(id) === applicationId;
    return null;
  });
  db.exec('SELECT note_format(user_version, application_id) FROM pragma_user_version, pragma_application_id');
  return isEarlier;
}

/** Whether no other process has the file open; from then on none can open it. When not, the connection has to be closed. */
export function tryAlone(db: SqliteDatabase): boolean {
  try {
    // Only the start of a transaction takes the exclusive lock; the mode makes it stay after the end.
    db.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; COMMIT');
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

export function endAlone(db: SqliteDatabase): void {
  // The lock is given back by the first read in the other mode.
  db.exec('PRAGMA locking_mode = NORMAL; SELECT seq FROM head');
}
