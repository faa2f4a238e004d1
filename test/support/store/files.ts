import { existsSync, readFileSync } from 'node:fs';

/** A SQLite store and the files that SQLite keeps beside it while it is open, as far as they exist. */
export function storeFiles(path: string): string[] {
  return [path, `${path}-wal`, `${path}-shm`].filter((file) => existsSync(file));
}

/** Their contents, decoded in each way in which they might hold a text. */
export function storeTexts(path: string): string[] {
  const bytes = Buffer.concat(storeFiles(path).map((file) => readFileSync(file)));
  return (['utf8', 'latin1', 'utf16le'] as const).map((encoding) => bytes.toString(encoding));
}
