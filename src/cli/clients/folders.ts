import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';

/** What the place of a client's file depends on. */
export interface Place {
  platform: NodeJS.Platform;
  home: string;
  env: NodeJS.ProcessEnv;
}

export function currentPlace(): Place {
  return { platform: process.platform, home: homedir(), env: process.env };
}

/** A path below the home folder, or below the folder that a variable names. */
export function inHome(
  { platform, home, env }: Place,
  names: readonly string[],
  variable?: string,
  moved = names,
): string {
  const { join } = platform === 'win32' ? win32 : posix;
  const folder = variable === undefined ? undefined : env[variable];
  return folder ? join(folder, ...moved) : join(home, ...names);
}

/** A path below `%APPDATA%` on Windows, `~/Library/Application Support` on macOS, else as `inConfigHome`. */
export function inApplicationData(place: Place, ...names: string[]): string {
  const { platform } = place;
  if (platform === 'win32') return inHome(place, ['AppData', 'Roaming', ...names], 'APPDATA', names);
  if (platform === 'darwin') return inHome(place, ['Library', 'Application Support', ...names]);
  return inConfigHome(place, ...names);
}

/** A path below `$XDG_CONFIG_HOME`, by default `~/.config`. */
export function inConfigHome(place: Place, ...names: string[]): string {
  return inHome(place, ['.config', ...names], 'XDG_CONFIG_HOME', names);
}
