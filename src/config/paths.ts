import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';

/** Where state is kept when nothing else is said: the platform's own folder for it. */
export function defaultStateFolder(env: NodeJS.ProcessEnv): string {
  if (process.platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'update-user-mcp');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'update-user-mcp');
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'update-user-mcp');
}

export type StoreLocation = { kind: 'memory' } | { kind: 'file'; path: string } | { kind: 'postgres'; url: string };

/**
 * `memory`, a `postgres://` URL, or the path of a file, which may begin with `~/`. `name` is what the setting goes by
 * where it was made. Throws a UsageError for a folder, and for every other URL: it would pass for the path of a file, and
 * paths are shown. What may hold a password is left out of its message.
 */
export function toStoreLocation(setting: string, name: string, env: NodeJS.ProcessEnv): StoreLocation {
  const text = setting.trim();
  if (text === '') return { kind: 'file', path: join(defaultStateFolder(env), 'changes.db') };
  if (text === 'memory') return { kind: 'memory' };
  if (/^postgres(ql)?:/i.test(text)) {
    if (isPostgresUrl(text)) return { kind: 'postgres', url: text };
    throw new UsageError(
      `${name}: not a valid URL; it looks like postgres://user:password@host:5432/database, and in user and password ` +
        'characters such as / @ : # ? % are written as %2F %40 %3A %23 %3F %25',
    );
  }
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text)) {
    throw new UsageError(`${name}: expected memory, the path of a file, or a postgres:// URL; there is no other kind`);
  }
  const path = fromHome(text);
  if (isFolder(path)) throw new UsageError(`${name}: ${path} is a folder; name a file in it`);
  return { kind: 'file', path };
}

/** Where the key is kept that is made when none is set: beside a file, else in the state folder of this machine. */
export function keyFileOf(store: StoreLocation, env: NodeJS.ProcessEnv): string {
  return store.kind === 'file' ? `${store.path}.key` : join(defaultStateFolder(env), 'key');
}

/** What cannot be looked at is left to whoever opens it, who has words for it. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** A shell would have filled it in; the settings of a client pass by no shell. */
function fromHome(path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
}

/** Several hosts may stand between commas, which the driver knows and `URL` does not: each is looked at alone. */
function isPostgresUrl(text: string): boolean {
  const [, authority = '', rest = ''] = /^postgres(?:ql)?:\/\/([^/?#]*)(.*)$/is.exec(text) ?? [];
  const [login, hosts] = cutAfter(authority, authority.lastIndexOf('@'));
  // An unescaped / ? or # in the password would end it there, and its rest would stand in the path.
  if (!text.includes('://') || rest.includes('@') || !isDecodable(`${login}${rest}`)) return false;
  return hosts.split(',').every((host) => URL.canParse(`postgres://${login}${host}${rest}`));
}

function cutAfter(text: string, index: number): [string, string] {
  return [text.slice(0, index + 1), text.slice(index + 1)];
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
