import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../error-code.ts';

/**
 * Creates the folder of a file, and those above it, each with mode 0700; existing folders keep their mode. Creates them
 * one by one, since `recursive` never returns if a folder exists but accepts no others, such as /proc.
 */
export async function createParentFolder(file: string): Promise<void> {
  const folder = dirname(file);
  const make = () => mkdir(folder, { mode: 0o700 });
  try {
    await make().catch(async (error: unknown) => {
      if (errorCode(error) !== 'ENOENT' || folder === dirname(folder)) throw error;
      await createParentFolder(folder);
      await make();
    });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}
