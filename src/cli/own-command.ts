import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isObject } from '../lib/json/json-value.ts';
import { toShellWord } from '../lib/text/shell-word.ts';

/** A program and its first arguments; more arguments can be appended. */
export interface OwnCommand {
  command: string;
  args: string[];
}

/** The path of this installation's `main.js`. */
export function ownMain(): string {
  return findMain(fileURLToPath(import.meta.url));
}

let own: OwnCommand | undefined;

/** How to start this installation again: `npx -y update-user-mcp`, or `node` with the absolute path of `main.js`. */
export function ownCommand(): OwnCommand {
  own ??= commandOf(ownMain());
  return { command: own.command, args: [...own.args] };
}

/** The same with more arguments, as a line for a shell. */
export function ownCommandLine(...words: string[]): string {
  const { command, args } = ownCommand();
  return [command, ...args, ...words].map((word) => toShellWord(word)).join(' ');
}

/**
 * The command that starts a `main.js`. What a package runner downloaded lies in its cache and may be deleted from there,
 * so the runner is asked again; but only for a package that came from the registry under its name.
 */
export function commandOf(path: string): OwnCommand {
  const [, cache] = /^(.*[\\/]_npx[\\/][^\\/]+)[\\/]node_modules[\\/]/.exec(path) ?? [];
  const spec = cache === undefined ? undefined : registrySpec(cache);
  return spec === undefined ? { command: 'node', args: [path] } : { command: 'npx', args: ['-y', spec] };
}

/** What `npx` was asked for, such as `update-user-mcp` or `update-user-mcp@1.2.3`. Undefined for a file, folder or URL. */
function registrySpec(cache: string): string | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(cache, 'package.json'), 'utf8'));
    const npx = isObject(manifest) ? manifest['_npx'] : undefined;
    const packages: unknown = isObject(npx) ? npx['packages'] : undefined;
    const isOwn = (spec: unknown) => typeof spec === 'string' && /^update-user-mcp(?:@[\w.^~-]+)?$/.test(spec);
    return Array.isArray(packages) ? packages.find(isOwn) : undefined;
  } catch {
    return undefined;
  }
}

/** `main.js` beside this code, above its chunk, or built from this source. */
function findMain(from: string): string {
  const places = ['main.js', '../main.js', '../../dist/main.js'].map((place) => join(dirname(from), place));
  return places.find((place) => existsSync(place)) ?? places.at(-1) ?? from;
}
