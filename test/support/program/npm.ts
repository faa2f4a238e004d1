import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** Installs a package into a folder of its own, unless it is there. npm chooses by the Node it runs on: this `node`. */
export function installPackage(prefix: string, spec: string, node: string): void {
  if (existsSync(join(prefix, 'node_modules'))) return;
  mkdirSync(prefix, { recursive: true });
  execFileSync('npm', ['install', '--silent', '--no-save', '--no-audit', '--no-fund', '--prefix', prefix, spec], {
    env: { ...process.env, PATH: pathWith(node) },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

/** Installs a version of Node from npm, such as `24` or `22.13.0`, and returns the path of its executable. */
export function installNode(folder: string, version: string): string {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  installPackage(join(folder, `node-${version}`), `${name}@${version}`, process.execPath);
  return join(folder, `node-${version}`, 'node_modules', name, 'bin', 'node');
}

/** The search path with the folder of this Node in front. */
export function pathWith(node: string): string {
  return [dirname(node), process.env['PATH']].join(delimiter);
}
