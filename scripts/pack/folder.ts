import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundledPackage } from './product.ts';

/** Square, 512 pixels wide, as Claude Desktop and the directory of plugins want it. */
const ICON = 'scripts/pack/icon.png';

/** Objects by the path of the JSON file that each becomes. Paths have slashes. */
export type Manifests = Readonly<Record<string, object>>;

/** The files of the npm package, relative to its root. `dist` has to be built. */
export function packagedFiles(root: string): string[] {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const output = execFileSync('npm', args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  const [packed] = JSON.parse(output) as [{ files: { path: string }[] }];
  return packed.files.map(({ path }) => path).sort();
}

/** What an artefact has besides the program. */
export interface Additions {
  manifests: Manifests;
  /** Where the icon goes. */
  icon?: string;
}

/**
 * Writes an artefact anew: the files of the npm package, a `package.json` without dependencies, and what is added.
 * Returns the paths of all files.
 */
export function writeFolder(
  folder: string,
  root: string,
  packaged: readonly string[],
  { manifests, icon }: Additions,
): string[] {
  const written = { 'package.json': bundledPackage, ...manifests };
  const copied = packaged.filter((path) => !Object.hasOwn(written, path));
  rmSync(folder, { recursive: true, force: true });
  for (const path of copied) cpSync(join(root, path), join(folder, path));
  for (const [path, manifest] of Object.entries(written)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), toJson(manifest));
  }
  if (icon !== undefined) cpSync(join(root, ICON), join(folder, icon));
  return [...copied, ...Object.keys(written), ...(icon === undefined ? [] : [icon])].sort();
}

export function toJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Reads a JSON file that this program wrote. */
export function readJson<T>(...path: string[]): T {
  return JSON.parse(readFileSync(join(...path), 'utf8')) as T;
}
