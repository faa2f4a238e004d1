import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';

/** The platform's folder for state, used unless the configuration names another. */
export function defaultStateFolder(env: NodeJS.ProcessEnv): string {
  if (process.platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'update-user-mcp');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'update-user-mcp');
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'update-user-mcp');
}

export type StoreLocation = { kind: 'memory' } | { kind: 'file'; path: string } | { kind: 'postgres'; url: string };

/**
 * `memory`, a `postgres://` URL, or the path of a file, which may begin with `~/`. `name` is the variable or key of the
 * setting. Throws a UsageError for a folder, and for any other URL: it would be treated as a path, and messages show
 * paths, but a URL may contain a password.
 */
export function toStoreLocation(setting: string, name: string, env: NodeJS.ProcessEnv): StoreLocation {
  const text = setting.trim();
  if (text === '') return { kind: 'file', path: join(defaultStateFolder(env), 'changes.db') };
  if (text === 'memory') return { kind: 'memory' };
  if (/^postgres(ql)?:/i.test(text)) {
    if (isPostgresUrl(text)) return { kind: 'postgres', url: text };
    throw new UsageError(
      `${name}: not a valid URL; expected postgres://user:password@host:5432/database, where user and password ` +
        'have / @ : # ? % written as %2F %40 %3A %23 %3F %25',
    );
  }
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text)) {
    throw new UsageError(`${name}: expected memory, the path of a file, or a postgres:// URL`);
  }
  const path = fromHome(text);
  if (isFolder(path)) throw new UsageError(`${name}: ${path} is a folder; name a file in it`);
  return { kind: 'file', path };
}

/** The key file that is created if no key is configured: next to an SQLite file, else in the state folder. */
export function keyFileOf(store: StoreLocation, env: NodeJS.ProcessEnv): string {
  return store.kind === 'file' ? `${store.path}.key` : join(defaultStateFolder(env), 'key');
}

/** False if the path cannot be read: opening it reports why. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Expands `~/` like a shell: clients pass settings on without one. */
function fromHome(path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
}

/** The driver accepts several hosts between commas and `URL` does not, so each is checked on its own. */
function isPostgresUrl(text: string): boolean {
  const [, authority = '', rest = ''] = /^postgres(?:ql)?:\/\/([^/?#]*)(.*)$/is.exec(text) ?? [];
  const [login, hosts] = cutAfter(authority, authority.lastIndexOf('@'));
  // An unescaped / ? or # would end the password there, and leave the rest of it in the path.
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
