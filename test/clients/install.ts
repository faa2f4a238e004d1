import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installNode, installPackage } from '../support/program/npm.ts';
import type { App } from './apps/app.ts';

export interface Installed {
  version: string;
  executable: string;
}

/** The Node that the clients run on: this one, or 24 from npm where this one is too old for them. */
export function nodeForClients(folder: string): string {
  return Number(process.versions.node.split('.')[0]) >= 22 ? process.execPath : installNode(folder, '24');
}

export function installApp(folder: string, { package: name, bin }: App, node: string): Installed {
  const prefix = join(folder, bin);
  installPackage(prefix, `${name}@latest`, node);
  const manifest = readFileSync(join(prefix, 'node_modules', name, 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  return { version, executable: join(prefix, 'node_modules', '.bin', bin) };
}
