import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from '../client.ts';
import { type NpmOptions, npm, pack } from '../npm.ts';
import {
  CONVERTER,
  GENERATOR,
  generateProject,
  KEYCLOAK,
  startConverter,
  startGenerated,
  startKeycloak,
  VERSIONS,
} from './peers.ts';
import { ours, SQLITE, type Surroundings } from './servers.ts';

/** The generator's project as another machine gets it: generated and compiled before. */
export const GENERATED = `${GENERATOR}, its project`;
/** What npm takes to install a package without content. */
export const EMPTY = 'npm with an empty package';

/** A server as its users get it: everything between an empty folder and the command that starts it. */
export interface Installation {
  name: string;
  /** What is at hand before it begins. Everything else comes from npm. */
  tarball: string;
  /** Installs into an empty folder. Returns how the server is started; undefined if there is none. */
  install(folder: string, options: Omit<NpmOptions, 'cwd'>): Promise<Command | undefined>;
}

/** The product of this checkout, packed as for publishing. */
export async function ownInstallation(surroundings: Surroundings, root: string): Promise<Installation> {
  const tarball = await pack(surroundings.scratch, '.', root);
  return fromTarball(SQLITE, tarball, (folder) => {
    const program = join(folder, 'node_modules', 'update-user-mcp', 'dist', 'main.js');
    return ours(surroundings, { store: 'file', program }).command;
  });
}

export async function emptyInstallation({ scratch }: Surroundings): Promise<Installation> {
  const folder = mkdtempSync(join(scratch, 'empty-'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty', version: '1.0.0' }));
  return fromTarball(EMPTY, await pack(scratch, '.', folder), () => undefined);
}

export async function peerInstallations(surroundings: Surroundings): Promise<Installation[]> {
  const { scratch } = surroundings;
  const download = async (name: keyof typeof VERSIONS) => await pack(scratch, `${name}@${VERSIONS[name]}`, scratch);
  const converter = fromTarball(CONVERTER, await download(CONVERTER), (folder) => startConverter(surroundings, folder));
  const keycloak = fromTarball(KEYCLOAK, await download(KEYCLOAK), (folder) => startKeycloak(surroundings, folder));
  const tool = fromTarball(GENERATOR, await download(GENERATOR), async (folder, options) => {
    const project = join(folder, 'generated');
    await generateProject(surroundings, folder, project, options);
    return startGenerated(surroundings, project);
  });
  const generated = fromTarball(GENERATED, await packGenerated(surroundings, tool), (folder) =>
    startGenerated(surroundings, join(folder, 'node_modules', 'generated')),
  );
  return [converter, keycloak, generated, tool];
}

async function packGenerated(surroundings: Surroundings, tool: Installation): Promise<string> {
  const folder = mkdtempSync(join(surroundings.scratch, 'generated-'));
  await tool.install(folder, {});
  const project = join(folder, 'generated');
  await npm(['pkg', 'set', 'files[]=build'], { cwd: project });
  return await pack(surroundings.scratch, '.', project);
}

/** `npm install` of a tarball at hand. Scripts are left out, which is in favour of packages that have some. */
function fromTarball(
  name: string,
  tarball: string,
  prepare: (folder: string, options: Omit<NpmOptions, 'cwd'>) => Promise<Command> | Command | undefined,
): Installation {
  return {
    name,
    tarball,
    async install(folder, options) {
      await npm(['install', '--prefix', folder, '--ignore-scripts', tarball], { ...options, cwd: folder });
      return await prepare(folder, options);
    },
  };
}
