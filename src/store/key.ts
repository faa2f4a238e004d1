import { randomBytes } from 'node:crypto';
import { link, open, unlink } from 'node:fs/promises';
import { makeFolderFor } from './folder.ts';
import { decodeKey } from './key-text.ts';

/** Where the master key comes from: `configured` (the value of UPDATE_USER_KEY) wins over `file`. */
export interface KeySource {
  configured?: string;
  file?: string;
}

/**
 * The master key, 32 bytes. From `configured`, in base64, base64url or hex; else from `file`, which is made (0600, in a
 * folder of 0700) when it does not exist. Several processes starting at once end up with the same key. Throws when the
 * key is not one, or when others may read the file. No message holds a part of a key.
 */
export async function loadKey({ configured, file }: KeySource): Promise<Uint8Array> {
  if (configured !== undefined) {
    const key = decodeKey(configured);
    if (key) return key;
    throw new Error('UPDATE_USER_KEY is not a key: expected 32 bytes as 64 hex digits, or as base64 or base64url.');
  }
  if (file === undefined) throw new Error('There is no key: set UPDATE_USER_KEY, or name a file to keep one in.');
  return (await read(file)) ?? (await create(file));
}

async function read(file: string): Promise<Uint8Array | undefined> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return undefined;
    throw new Error(`The key file ${file} cannot be read (${codeOf(error)}).`);
  });
  if (!handle) return undefined;
  try {
    const info = await handle.stat();
    if (!info.isFile()) throw new Error(`The key file ${file} is not a file.`);
    if (process.platform !== 'win32' && (info.mode & 0o077) !== 0) {
      throw new Error(`The key file ${file} may be read by others. Put that right with: chmod 600 ${file}`);
    }
    const key = decodeKey(await handle.readFile('utf8'));
    if (key) return key;
    throw new Error(
      `The key file ${file} holds no key: expected 32 bytes as 64 hex digits, or as base64 or base64url.`,
    );
  } finally {
    await handle.close();
  }
}

async function create(file: string): Promise<Uint8Array> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await makeFolderFor(file);
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(`${randomBytes(32).toString('base64')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // A link appears whole or not at all, and only for the first of several processes.
    await link(draft, file).catch((error: unknown) => {
      if (!isCode(error, 'EEXIST')) throw error;
    });
  } catch (error) {
    throw new Error(`The key file ${file} cannot be made (${codeOf(error)}). Set UPDATE_USER_KEY instead.`);
  } finally {
    await unlink(draft).catch(() => undefined);
  }
  // What stands there now, be it ours or another process's.
  const key = await read(file);
  if (!key) throw new Error(`The key file ${file} vanished while it was made.`);
  return key;
}

function isCode(error: unknown, code: string): boolean {
  return codeOf(error) === code;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
