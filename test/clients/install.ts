import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { App } from './apps/app.ts';

export interface Installed {
  version: string;
  executable: string;
}

/** The Node that the clients run on: this one, or 24 from npm where this one is too old for them. */
export function installNode(folder: string): string {
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath;
  install(join(folder, 'node'), 'node@24', process.execPath);
  return join(folder, 'node', 'node_modules', 'node', 'bin', 'node');
}

export function installApp(folder: string, { package: name, bin }: App, node: string): Installed {
  const prefix = join(folder, bin);
  install(prefix, `${name}@latest`, node);
  const manifest = readFileSync(join(prefix, 'node_modules', name, 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  return { version, executable: join(prefix, 'node_modules', '.bin', bin) };
}

/** npm chooses by the Node it runs on, so it runs on the one the client will run on. */
function install(prefix: string, spec: string, node: string): void {
  if (existsSync(prefix)) return;
  mkdirSync(prefix, { recursive: true });
  const PATH = [dirname(node), process.env['PATH']].join(delimiter);
  execFileSync('npm', ['install', '--silent', '--no-save', '--no-audit', '--no-fund', '--prefix', prefix, spec], {
    env: { ...process.env, PATH },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}
