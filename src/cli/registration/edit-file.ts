import { isUtf8 } from 'node:buffer';
import { errorCode } from '../../lib/error-code.ts';
import type { Syntax } from '../clients/client.ts';
import { type FileSnapshot, readSnapshot, replace } from './disk.ts';
import { type Addition, type Edit, EditError } from './edit.ts';

/** How many times an edit is made anew because another program wrote the file meanwhile. */
const ATTEMPTS = 5;

const MARK = '\ufeff';

/** What came of an edit. `file` is where the bytes are, which differs for a link. */
export type FileEdit = Edit & { file: string; isNew: boolean };

/**
 * Adds an entry to a client's file, or with `dryRun` finds out what would be added. A byte order mark stays. Throws an
 * EditError that says why the file is left as it is.
 */
export async function editFile(
  file: string,
  addition: Addition,
  { syntax, dryRun }: { syntax: Syntax; dryRun: boolean },
): Promise<FileEdit> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const snapshot = await explained(() => readSnapshot(file));
    const text = decode(snapshot);
    const mark = text.startsWith(MARK) ? MARK : '';
    const edit = await editText(text.slice(mark.length), addition, syntax);
    const found = { file: snapshot.path, isNew: snapshot.bytes === undefined };
    if (edit.kind !== 'added' || dryRun) return { ...edit, ...found };
    const bytes = Buffer.from(`${mark}${edit.text}`);
    if (await explained(() => replace(snapshot, bytes))) return { ...edit, ...found };
  }
  throw new EditError('is being written by another program: try again once that is quiet');
}

/** The parsers are loaded when they are needed. */
async function editText(text: string, addition: Addition, syntax: Syntax): Promise<Edit> {
  try {
    return syntax.format === 'toml'
      ? (await import('./toml-text.ts')).addToToml(text, addition)
      : (await import('./json-text.ts')).addToJson(text, addition, syntax);
  } catch (error) {
    if (error instanceof RangeError) throw new EditError('is nested too deeply to be read');
    throw error;
  }
}

function decode({ bytes }: FileSnapshot): string {
  if (bytes === undefined) return '';
  if (!isUtf8(bytes)) throw new EditError('is not UTF-8');
  return Buffer.from(bytes).toString('utf8');
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'may not be read, or its folder not written, by this user',
  EPERM: 'may not be replaced by this user',
  EROFS: 'lies on a read-only file system',
  ENOSPC: 'cannot be written: the disk is full',
  EDQUOT: 'cannot be written: the disk quota is exhausted',
  ENOTDIR: 'lies below something that is not a folder',
  ELOOP: 'is a link that leads back to itself',
  ENAMETOOLONG: 'has too long a name',
  ENOENT: 'lies below a link to a folder that does not exist',
  EBUSY: 'is in use and cannot be replaced',
};

async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = errorCode(error);
    if (error instanceof EditError || code === undefined) throw error;
    throw new EditError(REASONS[code] ?? `cannot be used (${code})`);
  }
}
