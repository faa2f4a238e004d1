import { readlink, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { errorCode } from '../../lib/error-code.ts';
import { EditError } from './edit.ts';

/**
 * Throws an EditError if a file of a project, or a folder on the way to it, is a link that leads out of the project: a
 * project comes from elsewhere, and must not choose which file of the user is changed.
 */
export async function refuseOutside(root: string, file: string): Promise<void> {
  const project = await realpath(root);
  let path = root;
  for (const part of relative(root, file).split(sep)) {
    path = join(path, part);
    const target = await targetOf(path);
    if (target === undefined) return;
    if (!isInside(project, target)) throw new EditError(`is outside the project: ${path} leads to ${target}`);
  }
}

/** Undefined for what does not exist. */
async function targetOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw new EditError(`cannot be reached (${errorCode(error) ?? 'failed'})`);
    const target = await readlink(path).catch(() => undefined);
    if (target !== undefined)
      throw new EditError(`cannot be reached: ${path} is a link to ${target}, which does not exist`);
    return undefined;
  }
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
