import { existsSync, lstatSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../errors.ts';
import { errorCode } from '../../lib/error-code.ts';

/** What a folder with a team server holds. */
export const FILES = {
  config: 'mcp.config.json',
  key: 'key',
  token: 'token.sha256',
  password: 'postgres-password',
  compose: 'compose.yaml',
} as const;

export type FileName = (typeof FILES)[keyof typeof FILES];

/** Only `compose.yaml` is for others to read. */
const MODES: Partial<Record<FileName, number>> = { [FILES.compose]: 0o644 };

/**
 * Writes all files or none: refuses if one of them exists, and removes what it wrote if a later one fails. Throws a
 * UsageError.
 */
export function writeFiles(folder: string, texts: Readonly<Record<FileName, string>>): void {
  const names = Object.keys(texts) as FileName[]; // the type has no other keys
  const existing = names.filter((name) => isThere(join(folder, name)));
  if (existing.length > 0) {
    throw new UsageError(
      `${folder}: has ${existing.join(', ')} already. Nothing was written. Make the team server in an empty folder.`,
    );
  }
  const written: string[] = [];
  for (const name of names) {
    const path = join(folder, name);
    try {
      writeFileSync(path, texts[name], { flag: 'wx', mode: MODES[name] ?? 0o600 });
      written.push(path);
    } catch (error) {
      const code = errorCode(error) ?? 'failed';
      // A file that was begun is ours, unless another process made it first.
      for (const ours of code === 'EEXIST' ? written : [...written, path]) rmSync(ours, { force: true });
      throw new UsageError(`${path}: cannot be written (${code}). Nothing is left of the other files.`);
    }
  }
}

/** Also true for a link that leads nowhere. */
function isThere(path: string): boolean {
  return existsSync(path) || lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
