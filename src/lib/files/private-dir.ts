import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes the folder a file is to stand in, and those above it, each with mode 0700; what exists keeps its mode. One by one,
 * since `recursive` never returns where a folder is there and takes no others in it, such as /proc.
 */
export async function makeFolderFor(file: string): Promise<void> {
  const folder = dirname(file);
  const make = () => mkdir(folder, { mode: 0o700 });
  try {
    await make().catch(async (error: unknown) => {
      if (!isCode(error, 'ENOENT') || folder === dirname(folder)) throw error;
      await makeFolderFor(folder);
      await make();
    });
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
