import { existsSync, readFileSync } from 'node:fs';

/** A SQLite store and what SQLite keeps beside it while it is open, as far as it is there. */
export function storeFiles(path: string): string[] {
  return [path, `${path}-wal`, `${path}-shm`].filter((file) => existsSync(file));
}

/** All that is in them, read in each way in which a text might stand there. */
export function storeTexts(path: string): string[] {
  const bytes = Buffer.concat(storeFiles(path).map((file) => readFileSync(file)));
  return (['utf8', 'latin1', 'utf16le'] as const).map((encoding) => bytes.toString(encoding));
}
