import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RELEASES } from '../support/program/client-releases.ts';
import { installNode, installPackage } from '../support/program/npm.ts';
import type { App } from './apps/app.ts';

export interface Installed {
  version: string;
  executable: string;
  /** The Node that it runs on. */
  node: string;
}

/** Where packages are kept and clients run. */
export interface Workshop {
  folder: string;
  /** Removes it, unless `CLIENTS_FOLDER` names it. */
  close(): void;
}

export function openWorkshop(): Workshop {
  const kept = process.env['CLIENTS_FOLDER'];
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'update-user-clients-'));
  mkdirSync(folder, { recursive: true });
  return {
    folder,
    close() {
      if (kept === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Installs the release that was tried last; with `CLIENTS=latest` the newest one. */
export function installApp(folder: string, { id, bin, oldestNode }: App): Installed {
  const isOld = Number(process.versions.node.split('.')[0]) < oldestNode;
  const node = isOld ? installNode(folder, '24') : process.execPath;
  const { package: name, version: pinned } = RELEASES[id];
  const release = process.env['CLIENTS'] === 'latest' ? 'latest' : pinned;
  const prefix = join(folder, `${bin}-${release}`);
  installPackage(prefix, `${name}@${release}`, node);
  const modules = join(prefix, 'node_modules');
  const { version } = JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')) as { version: string };
  return { version, executable: join(modules, '.bin', bin), node };
}
