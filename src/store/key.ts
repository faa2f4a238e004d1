import { randomBytes } from 'node:crypto';
import { link, open, unlink } from 'node:fs/promises';
import { errorCode } from '../lib/error-code.ts';
import { createParentFolder } from '../lib/files/private-dir.ts';
import { readSecretFile, SecretFileError } from '../lib/files/secret-file.ts';
import { decodeKey } from './master-key.ts';

/** Where the master key comes from: `configured` (the value of UPDATE_USER_KEY) wins over `file`. */
export interface KeySource {
  configured?: string;
  file?: string;
}

/**
 * The master key, 32 bytes. From `configured`, in base64, base64url or hex; else from `file`, which is created (0600,
 * in a folder of 0700) when it does not exist. Several processes that start at once end up with the same key. Throws if
 * the text is not a key, or if the file's permissions are unsafe. No message contains part of a key.
 */
export async function loadKey({ configured, file }: KeySource): Promise<Uint8Array> {
  if (configured !== undefined) {
    const key = decodeKey(configured);
    if (key) return key;
    throw new Error('UPDATE_USER_KEY is not a key: expected 32 bytes as 64 hex digits, or as base64 or base64url.');
  }
  if (file === undefined) throw new Error('There is no key: set UPDATE_USER_KEY, or name a file to keep one in.');
  return read(file) ?? (await create(file));
}

function read(file: string): Uint8Array | undefined {
  const text = readText(file);
  if (text === undefined) return undefined;
  const key = decodeKey(text);
  if (key) return key;
  throw new Error(`The key file ${file} holds no key: expected 32 bytes as 64 hex digits, or as base64 or base64url.`);
}

function readText(file: string): string | undefined {
  try {
    return readSecretFile(file, process.env);
  } catch (error) {
    if (!(error instanceof SecretFileError)) throw error;
    if (error.code === 'ENOENT') return undefined;
    const { problem, remedy } = error;
    const next = remedy === undefined ? '' : ` Fix it with: ${remedy}`;
    throw new Error(`The key file ${file} ${problem.replace(/^can be/, 'may be')}.${next}`);
  }
}

async function create(file: string): Promise<Uint8Array> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await createParentFolder(file);
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(`${randomBytes(32).toString('base64')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Linking is atomic: the file appears complete, and only the first of several processes succeeds.
    await link(draft, file).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  } catch (error) {
    throw new Error(
      `The key file ${file} cannot be created (${errorCode(error) ?? 'unknown error'}). Set UPDATE_USER_KEY instead.`,
    );
  } finally {
    await unlink(draft).catch(() => undefined);
  }
  // The key that is there now, ours or another process's.
  const key = read(file);
  if (!key) throw new Error(`The key file ${file} vanished while it was being created.`);
  return key;
}
