import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where state is kept when nothing else is said: the platform's own folder for it. */
export function defaultStateFolder(env: NodeJS.ProcessEnv): string {
  if (process.platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'update-user-mcp');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'update-user-mcp');
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'update-user-mcp');
}

export type StoreLocation = { kind: 'memory' } | { kind: 'file'; path: string } | { kind: 'postgres'; url: string };

/** `memory`, a `postgres://` URL, or the path of a file. */
export function toStoreLocation(setting: string | undefined, env: NodeJS.ProcessEnv): StoreLocation {
  if (setting === undefined || setting === '')
    return { kind: 'file', path: join(defaultStateFolder(env), 'changes.db') };
  if (setting === 'memory') return { kind: 'memory' };
  if (/^postgres(ql)?:\/\//.test(setting)) return { kind: 'postgres', url: setting };
  return { kind: 'file', path: setting };
}
