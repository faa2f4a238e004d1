import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, lstat, open, readlink, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../../lib/error-code.ts';
import { createParentFolder } from '../../lib/files/private-dir.ts';
import { EditError } from './edit.ts';

/** Replacing a file that belongs to another program: whole or not at all, and only if it is still what was read. */

/** A file as it was read, or the place of one that does not exist yet. */
export interface FileSnapshot {
  /** Where the bytes are: the target of a link. */
  path: string;
  bytes?: Uint8Array;
  /** Mode bits and owner of an existing file. */
  mode: number;
  owner?: { uid: number; gid: number };
}

/** Far more than any client keeps in its configuration. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Reads a file that is going to be replaced. Throws an EditError for what is not to be replaced: anything but a regular
 * file, a link to nothing, a file that is read-only (also for root), has several names or belongs to another user.
 */
export async function readSnapshot(file: string): Promise<FileSnapshot> {
  const path = await targetOf(file);
  if (path === undefined) return { path: file, mode: 0o600 };
  // Opening a pipe or a device could block.
  if (!(await lstat(path)).isFile()) throw new EditError('is not a regular file');
  const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const { mode, uid, gid, size, nlink } = await handle.stat();
    if ((mode & 0o200) === 0) throw new EditError('is read-only');
    if (nlink > 1) throw new EditError('has several names (hard links), which replacing it would separate');
    const self = process.getuid?.();
    if (self !== undefined && self !== 0 && uid !== self) throw new EditError('belongs to another user');
    if (size > MAX_BYTES) throw new EditError(`has more than ${MAX_BYTES} bytes`);
    return { path, bytes: await handle.readFile(), mode: mode & 0o7777, owner: { uid, gid } };
  } finally {
    await handle.close();
  }
}

/**
 * Puts these bytes in place of what was read, with the same mode and owner; a new file gets mode 0600, its new folders
 * 0700. False if the file is not what was read any more; nothing is changed then.
 */
export async function replace(snapshot: FileSnapshot, bytes: Uint8Array): Promise<boolean> {
  await createParentFolder(snapshot.path);
  const temporary = join(dirname(snapshot.path), `.${basename(snapshot.path)}.${randomBytes(6).toString('hex')}.tmp`);
  const handle = await open(temporary, 'wx', 0o600);
  try {
    try {
      await handle.writeFile(bytes);
      await takeOver(handle, snapshot);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (snapshot.bytes === undefined) return await putNew(temporary, snapshot.path);
    if (!(await isUnchanged(snapshot))) return false;
    await rename(temporary, snapshot.path);
    await syncFolder(dirname(snapshot.path));
    return true;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The place that a path leads to. Undefined if there is nothing. Throws an EditError for a link to nothing. */
async function targetOf(file: string): Promise<string | undefined> {
  try {
    return await realpath(file);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    const target = await readlink(file).catch(() => undefined);
    if (target !== undefined) throw new EditError(`is a link to ${target}, which does not exist`);
    return undefined;
  }
}

/** Owner first: changing it takes bits away from the mode. */
async function takeOver(handle: FileHandle, { mode, owner }: FileSnapshot): Promise<void> {
  const { uid, gid } = await handle.stat();
  if (owner && (owner.uid !== uid || owner.gid !== gid)) {
    await handle.chown(owner.uid, owner.gid).catch(() => {
      throw new EditError('has an owner or a group that cannot be kept');
    });
  }
  await handle.chmod(mode);
}

async function isUnchanged({ path, bytes, mode }: FileSnapshot): Promise<boolean> {
  try {
    const now = await readSnapshot(path);
    return (
      now.path === path &&
      now.mode === mode &&
      now.bytes !== undefined &&
      Buffer.compare(now.bytes, bytes ?? now.bytes) === 0
    );
  } catch {
    return false;
  }
}

/** A second name instead of a new one: it fails if another program has created the file meanwhile. */
async function putNew(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    // File systems without hard links.
    if ((await targetOf(path)) !== undefined) return false;
    await rename(temporary, path);
  }
  await syncFolder(dirname(path));
  return true;
}

/** So that the new name survives a power failure. Not every platform can do it. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // The content is safe all the same.
  }
}
