import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, isAbsolute, sep } from 'node:path';
import { errorCode } from '../error-code.ts';
import { toShellWord } from '../text/shell-word.ts';

/** Why a file is not accepted as a secret, and the command that fixes it. Contains no part of the secret. */
export class SecretFileError extends Error {
  override readonly name = 'SecretFileError';
  readonly problem: string;
  readonly remedy: string | undefined;
  /** The error code of the system, if it gave one. */
  readonly code: string | undefined;

  constructor(file: string, problem: string, { remedy, code }: { remedy?: string; code?: string } = {}) {
    super(`${file} ${problem}${remedy === undefined ? '' : `; run: ${remedy}`}`);
    this.problem = problem;
    this.remedy = remedy;
    this.code = code;
  }
}

/** More than any key or certificate chain has. */
const MAX_BYTES = 65_536;

/**
 * The text of a file that holds a secret, without surrounding white space. The file has to belong to root or the user, and
 * only its owner may write it. Others may read it only in a folder of credentials, or where it has mode 0440 and a group
 * of this process. Throws a SecretFileError.
 */
export function readSecretFile(file: string, env: NodeJS.ProcessEnv): string {
  return withFile(file, (fd, info, target) => {
    const access = accessOf(file, target, info, env);
    refuseForeign(file, info, access);
    const keptByGroup = (info.mode & 0o777) === 0o440 && isOwnGroup(info.gid);
    if ((info.mode & 0o044) !== 0 && !access.inFolder && !keptByGroup) {
      throw new SecretFileError(file, 'can be read by others', { remedy: `chmod 600 ${toShellWord(file)}` });
    }
    refuseWritable(file, info, access);
    if (info.size > MAX_BYTES) throw new SecretFileError(file, `has more than ${MAX_BYTES} bytes, which is no secret`);
    return decode(readFileSync(fd), file).trim();
  });
}

/**
 * Throws a SecretFileError if a file belongs to another user, or others can write it: its content may have been
 * replaced. Reads nothing of it; a missing file is no error.
 */
export function checkSecretFile(file: string, env: NodeJS.ProcessEnv): void {
  try {
    withFile(file, (_, info, target) => {
      const access = accessOf(file, target, info, env);
      refuseForeign(file, info, access);
      refuseWritable(file, info, access);
    });
  } catch (error) {
    // A file that cannot be opened is reported when its text is read.
    if (!(error instanceof SecretFileError) || error.remedy !== undefined) throw error;
  }
}

/** Throws a SecretFileError if others can write a file, whichever user owns it. A missing file is not an error. */
function checkWriters(file: string): void {
  try {
    refuseWritable(file, statSync(file), { isOwn: true, inFolder: false });
  } catch (error) {
    if (error instanceof SecretFileError) throw error;
  }
}

/**
 * Throws a SecretFileError if others can write a store: its file, the files SQLite keeps beside it, or its folder,
 * where they could replace it. In a folder with the sticky bit, such as /tmp, they cannot.
 */
export function checkStoreWriters(file: string): void {
  for (const ending of ['', '-wal', '-shm']) checkWriters(`${file}${ending}`);
  try {
    const folder = dirname(realpathSync(file));
    const { mode } = statSync(folder);
    if (process.platform === 'win32' || (mode & 0o002) === 0 || (mode & 0o1000) !== 0) return;
    const remedy = `chmod o-w ${toShellWord(folder)}`;
    throw new SecretFileError(file, 'can be replaced by others, who can write its folder', { remedy });
  } catch (error) {
    if (error instanceof SecretFileError) throw error;
  }
}

/** Checks and reads the same file: the target of a link, opened once. */
function withFile<T>(file: string, use: (fd: number, info: Stats, target: string) => T): T {
  let fd: number | undefined;
  try {
    const target = realpathSync(file);
    // Opening a named pipe without a writer would block the start.
    fd = openSync(target, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    const info = fstatSync(fd);
    if (info.isDirectory()) throw new SecretFileError(file, 'is not a file (EISDIR)', { code: 'EISDIR' });
    if (!info.isFile()) throw new SecretFileError(file, 'is not a file');
    return use(fd, info, target);
  } catch (error) {
    if (error instanceof SecretFileError) throw error;
    const code = errorCode(error) ?? 'unreadable';
    throw new SecretFileError(file, `cannot be read (${code})`, { code });
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

interface Access {
  isOwn: boolean;
  inFolder: boolean;
}

function accessOf(file: string, target: string, info: Stats, env: NodeJS.ProcessEnv): Access {
  const user = process.geteuid?.();
  if (user === undefined) return { isOwn: true, inFolder: true }; // Windows has no such modes
  return { isOwn: isOwn(info, user), inFolder: isInSecretFolder(file, target, user, env) };
}

function refuseForeign(file: string, { uid }: Stats, access: Access): void {
  if (access.isOwn || access.inFolder) return;
  const word = toShellWord(file);
  const remedy = `chown ${process.geteuid?.()} ${word} && chmod 600 ${word}`;
  throw new SecretFileError(file, `belongs to another user (uid ${uid})`, { remedy });
}

function refuseWritable(file: string, { mode }: Stats, { inFolder }: Access): void {
  if (process.platform === 'win32' || (mode & 0o022) === 0) return;
  const remedy = `chmod ${inFolder ? 'go-w' : '600'} ${toShellWord(file)}`;
  throw new SecretFileError(file, 'can be written by others', { remedy });
}

function isOwn({ uid }: Stats, user: number): boolean {
  return uid === 0 || uid === user;
}

function isOwnGroup(group: number): boolean {
  return process.getegid?.() === group || process.getgroups?.().includes(group) === true;
}

/** Where systemd, Docker and Kubernetes put credentials. They decide who may read them. */
function isInSecretFolder(file: string, target: string, user: number, env: NodeJS.ProcessEnv): boolean {
  if (file.split(sep).includes('..')) return false;
  const given = env['CREDENTIALS_DIRECTORY'] ?? '';
  const folders = ['/run/secrets', '/var/run/secrets'].map(toFolder);
  const named = isAbsolute(given) ? toFolder(given) : undefined;
  if (named && isOwn(named.info, user)) folders.push(named);
  return folders.some((folder) => folder !== undefined && target.startsWith(folder.path + sep));
}

function toFolder(folder: string): { path: string; info: Stats } | undefined {
  try {
    const path = realpathSync(folder);
    return { path, info: statSync(path) };
  } catch {
    return undefined;
  }
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new SecretFileError(file, 'is not UTF-8; save it as UTF-8');
  }
}
