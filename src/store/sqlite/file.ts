import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { errorCode } from '../../lib/error-code.ts';
import { createParentFolder } from '../../lib/files/private-dir.ts';

/**
 * Creates the store's file if it does not exist, private: the folder with mode 0700, the file with 0600, before SQLite
 * opens it (its journal takes the file's mode). Existing ones keep their mode. Throws if the file cannot be used.
 */
export async function prepareFile(file: string): Promise<void> {
  try {
    await createParentFolder(file);
    if (await exists(file)) await access(file, constants.R_OK | constants.W_OK);
    else await create(file);
  } catch (error) {
    const code = errorCode(error) ?? '';
    throw new Error(`The store ${file} ${sentences[code] ?? `cannot be created (${code}).`}`, { cause: error });
  }
  if ((await stat(file)).isDirectory()) throw new Error(`The store ${file} is a folder. Name a file.`);
}

const sentences: Record<string, string> = {
  EACCES: 'cannot be written: check the permissions of the file and of its folder.',
  EPERM: 'cannot be written: check the permissions of the file and of its folder.',
  EROFS: 'cannot be written: it is on a read-only file system.',
  ENOSPC: 'cannot be created: the disk is full.',
  ENOTDIR: 'cannot be created: a part of its path is a file, not a folder.',
  EEXIST: 'cannot be created: a part of its path is a file, not a folder.',
};

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    (error: unknown) => {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    },
  );
}

async function create(file: string): Promise<void> {
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.close();
  } catch (error) {
    // Another process was faster, and created it the same way.
    if (!(await exists(file))) throw error;
  }
}
