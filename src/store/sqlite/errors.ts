/** The primary result code (https://www.sqlite.org/rescode.html) of an error of SQLite, else undefined. */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return Number(error.errcode) & 0xff;
}

/** Another connection holds the lock: the operation had no effect and can be retried. */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === 5;
}

/** An error of the database or of its disk as a message for the operator; any other error unchanged. */
export function toStoreError(error: unknown, file: string): unknown {
  const code = resultCode(error) ?? diskCode(error);
  if (code === undefined) return error;
  const says = sentences[code] ?? `failed with SQLite result code ${code}.`;
  return new Error(`The store ${file} ${says}`, { cause: error });
}

/** The result code that SQLite would have for a failed flush. */
function diskCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('syscall' in error && 'code' in error)) return undefined;
  return error.code === 'ENOSPC' || error.code === 'EDQUOT' ? 13 : 10;
}

const sentences: Record<number, string> = {
  3: 'may not be opened by this user: check the permissions of the file and of its folder.',
  5: 'has been locked by another process for too long. If none is writing, end the process that keeps it open.',
  8: 'cannot be written: check the permissions of the file and of its folder.',
  10: 'cannot be read or written: the disk or the file system reports an error.',
  11: 'is damaged. Move it away, keep it as evidence, and restore a backup or start a new one.',
  13: 'cannot grow: the disk is full.',
  14: 'cannot be opened: check that its folder exists and that this user may write there.',
  26: 'is not a SQLite database. Name another file.',
};
