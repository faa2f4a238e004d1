import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { start } from '../client.ts';
import type { NpmOptions } from '../npm.ts';
import { add, type Row, rowsOf } from '../statistics.ts';
import type { Installation } from '../subjects/installations.ts';
import { SQLITE } from '../subjects/servers.ts';
import { DOWNLOAD, INSTALL } from '../topics.ts';

/**
 * Each server's own tarball is there beforehand. What it depends on comes from npm, first into an empty cache, then only from that
 * cache, so that the second figure does not depend on the network.
 */
export async function measureInstall(
  installations: readonly Installation[],
  scratch: string,
  rounds: { empty: number; filled: number },
): Promise<Row[]> {
  const downloading = new Map<string, number[]>();
  const others: Row[] = [];
  const caches = new Map<Installation, string>();
  const failed = new Set<Installation>();
  for (let round = 0; round < rounds.empty; round++) {
    for (const installation of installations) {
      if (failed.has(installation)) continue;
      try {
        const cache = mkdtempSync(join(scratch, 'npm-cache-'));
        const { folder, seconds } = await installOnce(installation, scratch, { cache });
        add(downloading, installation.name, seconds);
        if (!caches.has(installation)) others.push(...measureSize(installation.name, cache, folder));
        caches.set(installation, cache);
      } catch (error) {
        failed.add(installation);
        const note = `NOT MEASURED: ${String(error).slice(0, 300)}`;
        others.push({ topic: DOWNLOAD, what: installation.name, unit: 's', note });
      }
    }
  }
  const cached = new Map<string, number[]>();
  for (let round = 0; round < rounds.filled; round++) {
    for (const [installation, cache] of caches) {
      const { seconds } = await installOnce(installation, scratch, { cache, offline: true });
      add(cached, installation.name, seconds);
    }
  }
  return [...rowsOf(INSTALL, 's', cached, SQLITE), ...rowsOf(DOWNLOAD, 's', downloading, SQLITE), ...others];
}

async function installOnce(installation: Installation, scratch: string, options: Omit<NpmOptions, 'cwd'>) {
  const folder = mkdtempSync(join(scratch, 'install-'));
  const began = performance.now();
  const command = await installation.install(folder, options);
  const installedMs = performance.now() - began;
  const running = command && (await start(command));
  await running?.stop();
  return { folder, seconds: (installedMs + (running?.startMs ?? 0)) / 1000 };
}

/** npm keeps the given tarball in its cache too. */
function measureSize(name: string, cache: string, folder: string): Row[] {
  const downloaded = sizeOf(join(cache, '_cacache', 'content-v2'));
  const packages = countPackages(folder);
  return [
    { topic: 'install: to download', what: name, value: downloaded / 1_048_576, unit: 'MB' },
    { topic: 'install: size on disk', what: name, value: sizeOf(folder) / 1_048_576, unit: 'MB' },
    { topic: 'install: packages', what: name, value: packages, unit: '' },
  ];
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function sizeOf(folder: string): number {
  return filesIn(folder).reduce((sum, path) => sum + statSync(path).size, 0);
}

/** npm lists what it installed in one file for each `node_modules` at the top. */
function countPackages(folder: string): number {
  const lists = filesIn(folder).filter((path) => path.endsWith(join('node_modules', '.package-lock.json')));
  const listed = lists.map((path) => JSON.parse(readFileSync(path, 'utf8')) as { packages: object });
  return listed.reduce((sum, { packages }) => sum + Object.keys(packages).length, 0);
}
